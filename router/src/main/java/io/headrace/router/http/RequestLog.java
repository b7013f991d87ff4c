package io.headrace.router.http;

import io.headrace.router.auth.Caller;
import io.headrace.router.wire.WireFormat;
import org.jspecify.annotations.Nullable;

/**
 * Hears of every request when it is over: for metrics, the slow-request log, the audit log. Called
 * on event loops: must not block and must not throw.
 */
@FunctionalInterface
public interface RequestLog {
    /** The status of a request whose client went away before it was answered. */
    int CLIENT_GONE = 499;

    void finished(Finished request);

    /**
     * A request that is over.
     *
     * @param requestId as sent in {@code x-amzn-RequestId}
     * @param operation the operation's name, a route's path, or {@code -} if neither was found
     * @param status sent, or {@link #CLIENT_GONE}
     * @param format of the body, null if it named none
     * @param bytesIn of the body
     * @param bytesOut of the answer's body
     * @param durationNanos from the end of the head to the last byte handed to the socket
     * @param caller null if the request was not authenticated
     * @param errorType the {@code __type} of an error answer
     * @param remoteAddress host and port
     * @param protocol {@code HTTP/1.1} or {@code HTTP/2}
     */
    record Finished(
            String requestId,
            String operation,
            int status,
            @Nullable WireFormat format,
            long bytesIn,
            long bytesOut,
            long durationNanos,
            @Nullable Caller caller,
            @Nullable String errorType,
            String remoteAddress,
            String protocol) {}
}
