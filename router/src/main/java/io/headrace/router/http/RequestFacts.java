package io.headrace.router.http;

import io.headrace.router.auth.Caller;
import io.headrace.router.wire.WireFormat;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * What becomes known of a request on its way, for the log and the trace. Belongs to the
 * connection's event loop, except that the thread that authenticates tells the caller.
 */
final class RequestFacts {
    final String requestId;
    final long startedNanos;
    @Nullable WireFormat format;
    @Nullable String errorType;
    int status;
    long bytesIn;
    long bytesOut;

    private String operation = "-";
    private volatile @Nullable Caller caller;
    private RequestTraces.@Nullable Trace trace;

    RequestFacts(String requestId, long startedNanos) {
        this.requestId = requestId;
        this.startedNanos = startedNanos;
    }

    /** The operation or route was found. */
    void named(String name, HttpServerRequest request, RequestTraces traces) {
        operation = name;
        trace =
                traces.begin(
                        name,
                        request.getHeader(Heads.TRACEPARENT),
                        request.getHeader(Heads.X_AMZN_TRACE_ID));
    }

    /** Its name, or a dash while none is found. */
    String operation() {
        return operation;
    }

    /** Any thread. */
    void calledBy(Caller authenticated) {
        caller = authenticated;
    }

    void report(HttpServerRequest request, RequestLog log, long now) {
        if (trace != null) {
            trace.end(status, errorType);
        }
        log.finished(
                new RequestLog.Finished(
                        requestId,
                        operation,
                        status,
                        format,
                        bytesIn,
                        bytesOut,
                        now - startedNanos,
                        caller,
                        errorType,
                        String.valueOf(request.remoteAddress()),
                        request.version() == HttpVersion.HTTP_2 ? "HTTP/2" : "HTTP/1.1"));
    }
}
