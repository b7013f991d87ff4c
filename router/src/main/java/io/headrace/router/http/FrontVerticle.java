package io.headrace.router.http;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop's servers, one a port. Instances that name the same port share its socket and get
 * its connections in turn.
 */
final class FrontVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(FrontVerticle.class);

    /**
     * What a stream may send before its request has its share, and where the body is short all it
     * needs; then it may send its whole body at once, so that none waits for a WINDOW_UPDATE to
     * come back. Even all streams of a connection leave half of its window to bodies that are read.
     */
    static final int STREAM_WINDOW_BYTES = (64 << 10) - 1;

    private static final int CONNECTION_WINDOW_BYTES = 32 << 20;

    /** Each chunk of an HTTP/1.1 body costs an object and a copy. */
    private static final int CHUNK_BYTES = 64 << 10;

    private static final int INITIAL_LINE_BYTES = 16 << 10;
    private static final int ACCEPT_BACKLOG = 1024;

    /**
     * Netty's own count of resets includes those of answered streams, so that it could end the
     * connection of a client that cancels its subscriptions. Ours does not; this one only ends what
     * is beyond any use.
     */
    private static final int RESETS_OF_ANY_KIND_MAX = 10_000;

    private final HttpSettings settings;
    private final FrontLoop loop;
    private final Optional<TlsPort> tls;
    private final List<HttpServer> servers = new ArrayList<>();

    FrontVerticle(HttpSettings settings, FrontLoop loop, Optional<TlsPort> tls) {
        this.tls = tls;
        this.settings = settings;
        this.loop = loop;
    }

    @Override
    public Future<?> start() {
        var started = listen(options(), address(settings.port(), 1));
        if (tls.isEmpty()) {
            return started;
        }
        int tlsPort = settings.tls().orElseThrow().port();
        return started.compose(plain -> {
            tls.get().plainIs(plain.actualPort());
            return listen(options(), address(tlsPort, 2));
        });
    }

    /** The port that is really listened on; 0 if there is no such server. */
    int port(boolean tls) {
        int index = tls ? 1 : 0;
        return index < servers.size() ? servers.get(index).actualPort() : 0;
    }

    /** Accepts no more, lets what is in progress end, then closes. */
    Future<?> shutdown(Duration deadline) {
        return Future.join(
                servers.stream()
                        .map(server -> server.shutdown(deadline.toMillis(), TimeUnit.MILLISECONDS))
                        .toList());
    }

    /** A free port is picked once and shared by the instances; the id tells which port is meant. */
    private SocketAddress address(int port, int freePortId) {
        return port == 0
                ? SocketAddress.sharedRandomPort(freePortId, settings.host())
                : SocketAddress.inetSocketAddress(port, settings.host());
    }

    private Future<HttpServer> listen(HttpServerOptions options, SocketAddress address) {
        var server =
                vertx.createHttpServer(options)
                        .connectionHandler(connection ->
                                ConnectionGuard.of(connection).established(connection))
                        .exceptionHandler(failure -> LOG.debug("a connection failed", failure))
                        .requestHandler(loop);
        servers.add(server);
        return server.listen(address);
    }

    private HttpServerOptions options() {
        var limits = settings.limits();
        return new HttpServerOptions()
                .setAcceptBacklog(ACCEPT_BACKLOG)
                .setReuseAddress(true)
                .setTcpNoDelay(true)
                .setTcpKeepAlive(true)
                .setCompressionSupported(false)
                .setDecompressionSupported(false)
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setHandle100ContinueAutomatically(false)
                .setMaxInitialLineLength(INITIAL_LINE_BYTES)
                .setMaxHeaderSize(limits.headerBytesMax())
                .setMaxChunkSize(CHUNK_BYTES)
                .setHttp2ClearTextEnabled(true)
                .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES)
                .setHttp2RstFloodMaxRstFramePerWindow(RESETS_OF_ANY_KIND_MAX)
                .setHttp2RstFloodWindowDuration((int) HttpLimits.FLOOD_WINDOW.toSeconds())
                .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS)
                .setInitialSettings(
                        new Http2Settings()
                                .setPushEnabled(false)
                                .setInitialWindowSize(STREAM_WINDOW_BYTES)
                                .setMaxConcurrentStreams(limits.streamsMax())
                                .setMaxHeaderListSize(limits.headerBytesMax()));
    }
}
