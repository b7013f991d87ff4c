package io.headrace.router.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The head of every answer. One per event loop, for that loop only. */
final class Heads {
    static final CharSequence X_AMZ_TARGET = HttpHeaders.createOptimized("x-amz-target");
    static final CharSequence X_AMZN_TRACE_ID = HttpHeaders.createOptimized("x-amzn-trace-id");
    static final CharSequence TRACEPARENT = HttpHeaders.createOptimized("traceparent");
    private static final CharSequence X_AMZN_REQUEST_ID =
            HttpHeaders.createOptimized("x-amzn-RequestId");
    private static final CharSequence X_AMZ_ID_2 = HttpHeaders.createOptimized("x-amz-id-2");
    private static final CharSequence EXPOSED =
            HttpHeaders.createOptimized(
                    "x-amzn-RequestId,x-amzn-ErrorType,x-amz-request-id,x-amz-id-2,"
                            + "x-amzn-ErrorMessage,Date");
    private static final CharSequence ANY = HttpHeaders.createOptimized("*");

    /** Two days, as AWS says. */
    private static final CharSequence PREFLIGHT_AGE_SECONDS = HttpHeaders.createOptimized("172800");

    private final RequestIds ids;
    private final HttpDate date;
    private final boolean cors;

    Heads(InstantSource clock, RandomGenerator random, boolean cors) {
        ids = new RequestIds(random);
        date = new HttpDate(clock);
        this.cors = cors;
    }

    String nextRequestId() {
        return ids.next();
    }

    /** What every answer carries; call before the first byte is written. */
    void common(HttpServerRequest request, String requestId) {
        var response = request.response();
        response.putHeader(X_AMZN_REQUEST_ID, requestId);
        response.putHeader(X_AMZ_ID_2, ids.nextExtended());
        response.putHeader(HttpHeaders.DATE, date.now());
        if (cors && request.headers().contains(HttpHeaders.ORIGIN)) {
            response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
            response.putHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
    }

    boolean isPreflight(HttpServerRequest request) {
        return cors
                && request.method().name().equals("OPTIONS")
                && request.headers().contains(HttpHeaders.ORIGIN);
    }

    /** A browser asks what it may do: everything; requests are signed, not cookie-borne. */
    void preflight(HttpServerRequest request, String requestId) {
        var response = request.response();
        response.putHeader(X_AMZN_REQUEST_ID, requestId);
        response.putHeader(HttpHeaders.DATE, date.now());
        response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
        echo(
                response,
                HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS,
                request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS));
        echo(
                response,
                HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS,
                request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD));
        response.putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, PREFLIGHT_AGE_SECONDS);
    }

    private static void echo(
            HttpServerResponse response, CharSequence name, @Nullable String asked) {
        if (asked != null) {
            response.putHeader(name, asked);
        }
    }
}
