package io.headrace.router.http;

/**
 * A plain HTTP route, beside the AWS services and without their authentication.
 *
 * @param method {@code GET} also answers HEAD
 * @param path matched as a whole
 * @param blocking whether the handler runs on a virtual thread; else on the event loop, where it
 *     must not block
 */
public record Route(String method, String path, boolean blocking, Handler handler) {
    public Route {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("a path starts with /, not " + path);
        }
    }

    /** A route whose handler is quick and runs on the event loop. */
    public static Route get(String path, Handler handler) {
        return new Route("GET", path, false, handler);
    }

    /** A route whose handler may block. */
    public static Route blocking(String method, String path, Handler handler) {
        return new Route(method, path, true, handler);
    }

    /** Answers one request; what it throws becomes an error answer in JSON. */
    @FunctionalInterface
    public interface Handler {
        RouteAnswer handle(RouteRequest request) throws InterruptedException;
    }
}
