package io.headrace.router.http;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The node's HTTP server: HTTP/1.1 and HTTP/2 on the plain port (by prior knowledge and by upgrade)
 * and on the TLS port (by ALPN). Any thread but an event loop may start and stop it.
 */
public final class HttpFront {
    /** Starting only binds sockets and reads a certificate. */
    private static final Duration START_DEADLINE = Duration.ofSeconds(30);

    /** For closing what did not end by itself before the drain's deadline. */
    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final List<FrontVerticle> verticles;
    private final Connections connections;
    private final FrontLoop.Shared shared;

    private HttpFront(
            Vertx vertx,
            List<FrontVerticle> verticles,
            Connections connections,
            FrontLoop.Shared shared) {
        this.vertx = vertx;
        this.verticles = verticles;
        this.connections = connections;
        this.shared = shared;
    }

    /** What the front door holds at this moment, and how often it refused. */
    public record Load(
            int connections,
            long connectionsRefused,
            long inFlightBytes,
            int requestsWaiting,
            int blockingCalls) {}

    /**
     * Binds the ports and begins to serve.
     *
     * @throws IllegalStateException a port is taken, or the certificate cannot be read
     */
    public static HttpFront start(HttpSettings settings, HttpServices services)
            throws InterruptedException {
        var limits = settings.limits();
        var inFlight = new ByteBudget(limits.inFlightBytesMax());
        var connections = new Connections(limits, services.ticker(), inFlight);
        var threads = Thread.ofVirtual().name("operation-", 0).factory();
        var shared =
                new FrontLoop.Shared(
                        inFlight,
                        new ByteBudget(limits.answerBytesMax()),
                        new LargeArrays(limits.inFlightBytesMax() / 8),
                        new BlockingCalls(
                                threads,
                                limits.blockingCallsMax(),
                                limits.blockingCallsWaitingMax()),
                        threads,
                        new AtomicBoolean());
        var tls = settings.tls().map(TlsPort::of);
        var vertx =
                Vertx.builder()
                        .with(options(settings))
                        .withTransport(new GuardedTransport(connections, tls))
                        .build();
        var verticles = new CopyOnWriteArrayList<FrontVerticle>();
        var deployed =
                vertx.deployVerticle(
                        () -> {
                            var heads =
                                    new Heads(
                                            services.clock(),
                                            services.random().split(),
                                            settings.cors());
                            var loop = new FrontLoop(settings, services, shared, heads);
                            var verticle = new FrontVerticle(settings, loop, tls);
                            verticles.add(verticle);
                            return verticle;
                        },
                        new DeploymentOptions().setInstances(settings.eventLoops()));
        try {
            await(deployed, START_DEADLINE);
        } catch (IllegalStateException e) {
            var _ = vertx.close();
            throw e;
        }
        return new HttpFront(vertx, verticles, connections, shared);
    }

    /** The port of plain HTTP. */
    public int port() {
        return verticles.getFirst().port(false);
    }

    public OptionalInt tlsPort() {
        int port = verticles.getFirst().port(true);
        return port == 0 ? OptionalInt.empty() : OptionalInt.of(port);
    }

    public Load load() {
        return new Load(
                connections.open(),
                connections.refused(),
                shared.inFlight().taken() + shared.answers().taken(),
                shared.inFlight().waiting() + shared.answers().waiting(),
                shared.blocking().accepted());
    }

    /**
     * Accepts no more connections, ends event streams, says goodbye on HTTP/2, lets requests in
     * progress end, and closes what is left when the deadline has passed. Returns when all is
     * closed.
     */
    public void stop(Duration deadline) throws InterruptedException {
        shared.draining().set(true);
        connections.drain();
        try {
            var shutdown =
                    Future.join(
                            verticles.stream()
                                    .<Future<?>>map(verticle -> verticle.shutdown(deadline))
                                    .toList());
            await(shutdown, deadline.plus(CLOSE_DEADLINE));
        } finally {
            await(vertx.close(), CLOSE_DEADLINE);
        }
    }

    private static VertxOptions options(HttpSettings settings) {
        return new VertxOptions()
                .setEventLoopPoolSize(settings.eventLoops())
                .setWorkerPoolSize(2)
                .setInternalBlockingPoolSize(2)
                .setFileSystemOptions(
                        new FileSystemOptions()
                                .setFileCachingEnabled(false)
                                .setClassPathResolvingEnabled(false));
    }

    private static void await(Future<?> future, Duration deadline) throws InterruptedException {
        try {
            future.toCompletionStage()
                    .toCompletableFuture()
                    .get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the HTTP server failed: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new IllegalStateException("not done after " + deadline, e);
        }
    }
}
