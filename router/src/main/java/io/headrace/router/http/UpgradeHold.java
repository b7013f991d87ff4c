package io.headrace.router.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps back a connection's first request, if it asks for an upgrade to h2c and has a body, until
 * the body is complete: Vert.x switches protocols as soon as it has read the head, and curl then
 * takes the rest of the body for sent. RFC 7540 (3.2) has the whole request come before HTTP/2
 * begins, and RFC 9110 (7.8) the 100 before the 101. The body takes its share of the in-flight
 * bytes like any other. Inside TLS there is no h2c, and a request for it stays what it is. Stands
 * between Vert.x's HTTP decoder and its upgrade handler; belongs to the connection's event loop.
 */
final class UpgradeHold extends ChannelInboundHandlerAdapter implements ConnectionGuard.Watched {
    private static final String H2C = "h2c";
    private static final String SETTINGS = "http2-settings";

    private final ConnectionGuard guard;
    private final HttpLimits limits;
    private final Share share;
    private final boolean inTheClear;

    private @Nullable ChannelHandlerContext context;
    private @Nullable HttpRequest held;
    private @Nullable BodyBuffer body;
    private long heldSince;
    private boolean granted;

    /**
     * @param inTheClear whether there is no TLS
     */
    UpgradeHold(ConnectionGuard guard, HttpLimits limits, ByteBudget inFlight, boolean inTheClear) {
        this.guard = guard;
        this.limits = limits;
        this.inTheClear = inTheClear;
        share = new Share(guard, inFlight, this::granted);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (held != null && message instanceof HttpContent content) {
            collect(context, held, content);
        } else if (message instanceof HttpRequest request && mustHold(request)) {
            hold(request);
        } else {
            // Vert.x upgrades with the first request or never.
            context.fireChannelRead(message);
            context.pipeline().remove(this);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        release();
        context.fireChannelInactive();
    }

    private boolean mustHold(HttpRequest request) {
        if (!request.headers().contains(HttpHeaderNames.UPGRADE, H2C, true)
                || request.decoderResult().isFailure()) {
            return false;
        }
        if (!inTheClear) {
            stayOnHttp1(request);
            return false;
        }
        long length = HttpUtil.getContentLength(request, 0L);
        if (length > limits.bodyBytesMax()) {
            // Refused as what it is.
            stayOnHttp1(request);
            return false;
        }
        return length > 0 || HttpUtil.isTransferEncodingChunked(request);
    }

    private void hold(HttpRequest request) {
        held = request;
        heldSince = guard.nanos();
        guard.opened(this);
        int announced = (int) HttpUtil.getContentLength(request, (long) BodyBuffer.UNKNOWN);
        body = new BodyBuffer(announced, limits.bodyBytesMax(), new LargeArrays(0));
        int charged = announced == BodyBuffer.UNKNOWN ? limits.bodyBytesMax() : announced;
        if (share.take(charged)) {
            granted();
        }
    }

    private void granted() {
        granted = true;
        heldSince = guard.nanos();
        if (held != null && context != null && HttpUtil.is100ContinueExpected(held)) {
            held.headers().remove(HttpHeaderNames.EXPECT);
            var _ =
                    context.writeAndFlush(
                            new DefaultFullHttpResponse(
                                    HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        }
    }

    private void collect(ChannelHandlerContext context, HttpRequest request, HttpContent content) {
        var collected = body;
        if (collected == null || content.decoderResult().isFailure()) {
            passOn(context, request, content);
            return;
        }
        if (!collected.add(content.content())) {
            stayOnHttp1(request);
            passOn(context, request, content);
        } else if (content instanceof LastHttpContent) {
            ReferenceCountUtil.release(content);
            passOn(context, request, LastHttpContent.EMPTY_LAST_CONTENT);
        } else {
            ReferenceCountUtil.release(content);
        }
    }

    /** Hands on what was kept back, and gets out of the way. */
    private void passOn(ChannelHandlerContext context, HttpRequest request, HttpContent last) {
        var collected = body;
        release();
        context.fireChannelRead(request);
        if (collected != null) {
            context.fireChannelRead(
                    new DefaultHttpContent(Unpooled.wrappedBuffer(collected.take().view())));
        }
        context.fireChannelRead(last);
        context.pipeline().remove(this);
    }

    private void release() {
        if (held != null) {
            held = null;
            body = null;
            share.release();
            guard.closed(this);
        }
    }

    private static void stayOnHttp1(HttpRequest request) {
        var headers = request.headers();
        headers.remove(HttpHeaderNames.UPGRADE);
        headers.remove(SETTINGS);
        var connection = headers.get(HttpHeaderNames.CONNECTION);
        if (connection != null) {
            var rest =
                    Arrays.stream(connection.split(",", -1))
                            .map(String::strip)
                            .filter(token -> !isUpgradeToken(token))
                            .collect(Collectors.joining(", "));
            headers.remove(HttpHeaderNames.CONNECTION);
            if (!rest.isEmpty()) {
                headers.set(HttpHeaderNames.CONNECTION, rest);
            }
        }
    }

    private static boolean isUpgradeToken(String token) {
        var lower = token.toLowerCase(Locale.ROOT);
        return lower.equals(SETTINGS) || lower.contentEquals(HttpHeaderValues.UPGRADE);
    }

    @Override
    public void sweep(long now) {
        var deadline = granted ? limits.bodyDeadline() : limits.admissionDeadline();
        if (now - heldSince >= deadline.toNanos()) {
            guard.close("the body of a request to upgrade is late");
        }
    }

    @Override
    public void drain() {
        // It has its deadline.
    }
}
