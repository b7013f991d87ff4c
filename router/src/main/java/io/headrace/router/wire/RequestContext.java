package io.headrace.router.wire;

import io.headrace.router.auth.Caller;
import io.headrace.router.auth.Origin;

/** What an operation knows of its request besides its members. */
public record RequestContext(
        String requestId,
        String operation,
        Caller caller,
        WireFormat format,
        Origin origin,
        AnswerRoom room) {
    /** Of a request whose answer nobody counts. */
    public RequestContext(
            String requestId, String operation, Caller caller, WireFormat format, Origin origin) {
        this(requestId, operation, caller, format, origin, AnswerRoom.BOUNDLESS);
    }
}
