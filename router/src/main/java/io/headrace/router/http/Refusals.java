package io.headrace.router.http;

import io.headrace.router.wire.WireException;

/** The front door's own refusals. */
final class Refusals {
    private Refusals() {}

    static WireException tooLong(int bytesMax) {
        return new WireException(
                413, "RequestEntityTooLarge", "The body is longer than " + bytesMax + " bytes.");
    }

    static WireException truncated() {
        return new WireException(
                400, "IncompleteBody", "The body is shorter than its Content-Length.");
    }

    static WireException badLength() {
        return new WireException(400, "InvalidContentLength", "Content-Length is not a number.");
    }

    /** 503 is what every AWS client tries again. */
    static WireException busy(String what) {
        return new WireException(503, "ServiceUnavailable", what);
    }

    static WireException noRoute(String path) {
        return new WireException(404, "NotFound", "There is nothing at " + path + ".");
    }

    static WireException methodNotAllowed(String method) {
        return new WireException(405, "MethodNotAllowed", method + " is not allowed here.");
    }
}
