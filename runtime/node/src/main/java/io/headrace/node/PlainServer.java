package io.headrace.node;

import io.headrace.node.settings.Settings;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Serves the plain routes: GET on a path. Handlers run on virtual threads. */
final class PlainServer {
    private static final long LISTEN_SECONDS_MAX = 30;

    private final HttpServer server;
    private final Map<String, Route> routes;
    private final Executor executor;

    /** What a plain route answers. */
    record Answer(int status, String contentType, String body) {}

    /** A plain route; may block. */
    @FunctionalInterface
    interface Route {
        Answer answer();
    }

    private PlainServer(HttpServer server, Map<String, Route> routes, Executor executor) {
        this.server = server;
        this.routes = Map.copyOf(routes);
        this.executor = executor;
    }

    static PlainServer listen(
            Vertx vertx, Settings.Listen listen, Map<String, Route> routes, Executor executor)
            throws NodeStartException, InterruptedException {
        var options = new HttpServerOptions().setIdleTimeout(60);
        var plain = new PlainServer(vertx.createHttpServer(options), routes, executor);
        plain.server.requestHandler(plain::handle);
        var where = listen.host() + ":" + listen.port();
        try {
            plain.server
                    .listen(listen.port(), listen.host())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(LISTEN_SECONDS_MAX, TimeUnit.SECONDS);
            return plain;
        } catch (ExecutionException e) {
            throw new NodeStartException("cannot listen on " + where + ": " + reason(e), e);
        } catch (TimeoutException e) {
            throw new NodeStartException("cannot listen on " + where + " in time", e);
        }
    }

    private static String reason(ExecutionException e) {
        var cause = e.getCause();
        return String.valueOf(cause == null ? e.getMessage() : cause.getMessage());
    }

    URI address(String host) {
        var shown = host.indexOf(':') < 0 ? host : "[" + host + "]";
        return URI.create("http://" + shown + ":" + server.actualPort());
    }

    private void handle(HttpServerRequest request) {
        var route = routes.get(request.path());
        if (route == null || !request.method().equals(HttpMethod.GET)) {
            request.response().setStatusCode(404).end();
            return;
        }
        executor.execute(() -> {
            var answer = route.answer();
            request.response()
                    .setStatusCode(answer.status())
                    .putHeader("Content-Type", answer.contentType())
                    .end(answer.body());
        });
    }

    void stop() throws Exception {
        server.close()
                .toCompletionStage()
                .toCompletableFuture()
                .get(LISTEN_SECONDS_MAX, TimeUnit.SECONDS);
    }
}
