package io.headrace.router.http;

import io.headrace.store.Ticker;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.ArrayDeque;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches one connection from its first byte: slow heads, idleness, floods of resets and control
 * frames, and the bytes its requests hold. First handler of the pipeline; belongs to the
 * connection's event loop.
 */
final class ConnectionGuard extends ChannelInboundHandlerAdapter {
    /** RFC 9113, section 7. */
    static final long NO_ERROR = 0x0;

    static final long CANCEL = 0x8;

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionGuard.class);
    private static final AttributeKey<ConnectionGuard> KEY =
            AttributeKey.valueOf(ConnectionGuard.class.getName());

    /** Fewer than any request's head has, enough to know HTTP/2's preface by. */
    private static final int PROTOCOL_BYTES = 4;

    /**
     * Vert.x's name of its handler for upgrades. It is there inside our TLS too, of which Vert.x
     * knows nothing.
     */
    private static final String VERTX_UPGRADE = "h2c";

    /** Vert.x's name of the handler that makes requests of HTTP/1.1's messages. */
    private static final String VERTX_HANDLER = "handler";

    private final Channel channel;
    private final HttpLimits limits;
    private final Connections connections;
    private final Ticker ticker;
    private final ArrayList<Watched> open = new ArrayList<>(1);
    private final ArrayDeque<ByteBudget.Waiter> queued = new ArrayDeque<>(0);
    private final FloodCount resets = new FloodCount(HttpLimits.FLOOD_WINDOW);
    private final FloodCount controlFrames = new FloodCount(HttpLimits.FLOOD_WINDOW);

    private boolean http2;
    private boolean headBegun;
    private long headSince;
    private long quietSince;
    private long inFlightBytes;
    private long lineMovedAt = Long.MIN_VALUE;
    private int bodiesArriving;
    private int readsHeld;
    private boolean closing;
    private int protocolBytes;
    private @Nullable ChannelHandlerContext context;

    private @Nullable Reader reading;

    /** Takes the bytes of a body as they come from the socket. */
    interface Reader {
        void chunk(ByteBuf chunk);
    }

    /** A request in progress. */
    interface Watched {
        /** Looks at the request's own deadlines; may end it. */
        void sweep(long now);

        /** The node is going down: end what would otherwise not end by itself. */
        void drain();
    }

    ConnectionGuard(Channel channel, HttpLimits limits, Ticker ticker, Connections connections) {
        this.channel = channel;
        this.limits = limits;
        this.ticker = ticker;
        this.connections = connections;
        this.quietSince = ticker.nanos();
        channel.attr(KEY).set(this);
    }

    static ConnectionGuard of(HttpConnection connection) {
        return ((HttpServerConnection) connection)
                .channelHandlerContext()
                .channel()
                .attr(KEY)
                .get();
    }

    Channel channel() {
        return channel;
    }

    long nanos() {
        return ticker.nanos();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        connections.watch(this);
        context.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        connections.forget(this);
        context.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        // An HTTP/2 connection's bytes may be pings; there only whole requests count.
        if (open.isEmpty() && !http2 && !headBegun) {
            headBegun = true;
            headSince = ticker.nanos();
        }
        if (protocolBytes < PROTOCOL_BYTES && message instanceof ByteBuf bytes) {
            bytes = readProtocol(context, bytes);
            if (bytes != null) {
                context.fireChannelRead(bytes);
            }
        } else {
            context.fireChannelRead(message);
        }
    }

    /**
     * Hands on a connection's first bytes alone, from which Vert.x tells HTTP/1.1 from HTTP/2 and
     * sets the pipeline up, so that our handler can be put into it before a request comes through.
     *
     * @return what is left
     */
    private @Nullable ByteBuf readProtocol(ChannelHandlerContext context, ByteBuf bytes) {
        int length = Math.min(PROTOCOL_BYTES - protocolBytes, bytes.readableBytes());
        protocolBytes += length;
        context.fireChannelRead(bytes.readRetainedSlice(length));
        if (protocolBytes == PROTOCOL_BYTES && channel.pipeline().get(VERTX_UPGRADE) != null) {
            channel.pipeline()
                    .addBefore(
                            VERTX_UPGRADE,
                            "upgrade-hold",
                            new UpgradeHold(
                                    this,
                                    limits,
                                    connections.inFlight(),
                                    channel.pipeline().get(TlsPort.HANDLER) == null));
        }
        if (bytes.isReadable()) {
            return bytes;
        }
        bytes.release();
        return null;
    }

    /** The protocol is known: after TLS, after an HTTP/2 preface, or at the first request. */
    void established(HttpConnection established) {
        headBegun = false;
        quietSince = ticker.nanos();
        http2 = established.protocolVersion() == HttpVersion.HTTP_2;
        if (http2) {
            established.pingHandler(ping -> countControlFrame());
            established.remoteSettingsHandler(settings -> countControlFrame());
        } else {
            channel.pipeline().addBefore(VERTX_HANDLER, "body-tap", new BodyTap(this));
        }
    }

    /** Which request's body is being read, on HTTP/1.1. */
    @Nullable Reader reading() {
        return reading;
    }

    void beginsToRead(@Nullable Reader reader) {
        reading = reader;
    }

    boolean isHttp2() {
        return http2;
    }

    void opened(Watched request) {
        open.add(request);
        headBegun = false;
    }

    void closed(Watched request) {
        open.remove(request);
        quietSince = ticker.nanos();
    }

    /** A client reset a stream that nobody had answered yet. */
    void countReset() {
        if (resets.add(ticker.nanos()) > limits.resetsMax()) {
            calmDown("resets streams before they are answered");
        }
    }

    private void countControlFrame() {
        if (controlFrames.add(ticker.nanos()) > limits.controlFramesMax()) {
            calmDown("floods with PING or SETTINGS");
        }
    }

    private void calmDown(String what) {
        LOG.warn("closing {}: it {}", channel.remoteAddress(), what);
        // Its HTTP/2 handler answers this with a GOAWAY that carries the code.
        channel.pipeline()
                .fireExceptionCaught(
                        Http2Exception.connectionError(
                                Http2Error.ENHANCE_YOUR_CALM, "too many frames of this kind"));
        closeGracefully();
    }

    /** Takes a share of this connection's bytes; if there is no room the waiter is queued. */
    boolean take(ByteBudget.Waiter waiter) {
        if (queued.isEmpty() && fits(waiter.bytesWanted())) {
            inFlightBytes += waiter.bytesWanted();
            return true;
        }
        queued.addLast(waiter);
        return false;
    }

    boolean cancel(ByteBudget.Waiter waiter) {
        boolean was = queued.remove(waiter);
        // Smaller ones may have stood behind it.
        grantQueued();
        return was;
    }

    void overdraw(long bytes) {
        inFlightBytes += bytes;
    }

    void give(long bytes) {
        inFlightBytes -= bytes;
        grantQueued();
    }

    private void grantQueued() {
        while (!queued.isEmpty() && fits(queued.getFirst().bytesWanted())) {
            var next = queued.removeFirst();
            inFlightBytes += next.bytesWanted();
            lineMovedAt = ticker.nanos();
            next.granted();
        }
    }

    /** When one of this connection's requests that waited for it was let through last. */
    long lineMovedAt() {
        return lineMovedAt;
    }

    private boolean fits(long bytes) {
        return inFlightBytes + bytes <= limits.connectionInFlightBytesMax();
    }

    void bodyArrives() {
        bodiesArriving++;
    }

    void bodyEnded() {
        bodiesArriving--;
    }

    /**
     * Stops reading from the socket, for a request that waits for its share. A stream's flow
     * control alone would let its window pile up first. Not while another request of the same
     * connection is in progress: that would keep back the rest of its body, or on HTTP/2 the word
     * that its answer may go on, and with it the very bytes that the waiting one waits for.
     */
    boolean holdReads() {
        if (http2 ? open.size() > 1 : bodiesArriving > 0) {
            return false;
        }
        readsHeld++;
        channel.config().setAutoRead(false);
        return true;
    }

    void releaseReads() {
        if (--readsHeld == 0) {
            channel.config().setAutoRead(true);
        }
    }

    /**
     * Closes at once. It goes past HTTP/2's handler, which would first wait until its GOAWAY is
     * written: forever, if the client does not read.
     */
    void close(String reason) {
        LOG.debug("closing {}: {}", channel.remoteAddress(), reason);
        if (context != null) {
            var _ = context.close();
        }
    }

    /**
     * Resets an HTTP/2 stream, even one whose answer Vert.x takes for sent because it only waits
     * for the client's window.
     */
    void resetStream(int stream, long errorCode) {
        var handler = channel.pipeline().get(Http2ConnectionHandler.class);
        if (handler != null && handler.connection().stream(stream) != null) {
            var streams = channel.pipeline().context(handler);
            var _ = handler.resetStream(streams, stream, errorCode, streams.newPromise());
            streams.flush();
        }
    }

    /**
     * Lets an HTTP/2 stream send so many bytes more than the few it may by itself: those of streams
     * that wait must not take the connection's window from one whose body is read.
     */
    void letSend(int stream, int bytes) {
        var handler = channel.pipeline().get(Http2ConnectionHandler.class);
        var sending = handler == null ? null : handler.connection().stream(stream);
        if (sending == null || bytes <= FrontVerticle.STREAM_WINDOW_BYTES) {
            return;
        }
        try {
            handler.connection().local().flowController().incrementWindowSize(sending, bytes);
            channel.pipeline().context(handler).flush();
        } catch (Http2Exception e) {
            throw new IllegalStateException("stream " + stream + " cannot be let send", e);
        }
    }

    /** Lets the protocol say goodbye until the next sweep. */
    private void closeGracefully() {
        closing = true;
        var _ = channel.close();
    }

    void sweep(long now) {
        if (closing) {
            close("its time to leave is over");
            return;
        }
        if (open.isEmpty()) {
            if (headBegun && now - headSince >= limits.headerDeadline().toNanos()) {
                close("the head of a request is late");
            } else if (now - quietSince >= limits.idleDeadline().toNanos()) {
                closeGracefully();
            }
            return;
        }
        for (var request : new ArrayList<>(open)) {
            request.sweep(now);
        }
    }

    void drain() {
        for (var request : new ArrayList<>(open)) {
            request.drain();
        }
    }
}
