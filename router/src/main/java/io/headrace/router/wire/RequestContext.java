package io.headrace.router.wire;

import io.headrace.router.auth.Caller;

/** What an operation knows of its request besides its members. */
public record RequestContext(
        String requestId, String operation, Caller caller, WireFormat format, AnswerRoom room) {
    /** Of a request whose answer nobody counts. */
    public RequestContext(String requestId, String operation, Caller caller, WireFormat format) {
        this(requestId, operation, caller, format, AnswerRoom.BOUNDLESS);
    }
}
