package io.headrace.node;

import io.headrace.node.metrics.Metrics;
import io.headrace.node.settings.Settings;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A running node. Opens its parts in the order of a record's way through them, and closes them in
 * reverse. Started and closed by one thread each; the rest by any.
 */
public final class Node implements AutoCloseable {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final long VERTX_CLOSE_SECONDS_MAX = 10;

    private final Parts parts = new Parts();
    private final Health health = new Health();
    private final Settings settings;
    private List<URI> addresses = List.of();

    private Node(Settings settings) {
        this.settings = settings;
    }

    /** Returns when requests are answered. */
    public static Node start(Settings settings) throws NodeStartException {
        var node = new Node(settings);
        try {
            node.open();
            return node;
        } catch (NodeStartException | RuntimeException e) {
            node.parts.close();
            throw e;
        }
    }

    private void open() throws NodeStartException {
        parts.start("data directory", () -> Files.createDirectories(settings.data()));
        var metrics = parts.open("metrics", Metrics::new, Metrics::close);
        var executor =
                parts.open(
                        "request threads",
                        Executors::newVirtualThreadPerTaskExecutor,
                        ExecutorService::close);
        var vertx = parts.open("event loops", Node::vertx, Node::close);
        var server = parts.open("server", () -> serve(vertx, metrics, executor), PlainServer::stop);
        addresses = List.of(server.address(settings.listen().host()));
        health.serving(true);
    }

    private PlainServer serve(Vertx vertx, Metrics metrics, ExecutorService executor)
            throws NodeStartException, InterruptedException {
        var routes =
                Map.<String, PlainServer.Route>of(
                        "/health/live", () -> new PlainServer.Answer(200, TEXT, "live\n"),
                        "/health/ready", this::ready,
                        "/metrics",
                                () ->
                                        new PlainServer.Answer(
                                                200, Metrics.CONTENT_TYPE, metrics.scrape()));
        return PlainServer.listen(vertx, settings.listen(), routes, executor);
    }

    private PlainServer.Answer ready() {
        var troubles = health.troubles();
        if (troubles.isEmpty()) {
            return new PlainServer.Answer(200, TEXT, "ready\n");
        }
        var text =
                troubles.entrySet().stream()
                        .map(trouble -> trouble.getKey() + ": " + trouble.getValue() + "\n")
                        .sorted()
                        .collect(Collectors.joining());
        return new PlainServer.Answer(503, TEXT, text);
    }

    /** Where the node answers. */
    public List<URI> addresses() {
        return addresses;
    }

    /** Finishes what is in flight, within the drain time, and closes everything. */
    @Override
    public void close() {
        health.serving(false);
        parts.close();
    }

    private static void close(Vertx vertx) throws Exception {
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .get(VERTX_CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
    }

    private static Vertx vertx() {
        // No file is served from the class path: the cache would cost a directory and start time.
        var files =
                new FileSystemOptions()
                        .setFileCachingEnabled(false)
                        .setClassPathResolvingEnabled(false);
        return Vertx.vertx(new VertxOptions().setFileSystemOptions(files));
    }
}
