package io.headrace.router.wire;

import io.headrace.router.auth.Caller;
import io.headrace.router.auth.Origin;

/** What an operation knows of its request besides its members. */
public record RequestContext(
        String requestId, String operation, Caller caller, WireFormat format, Origin origin) {}
