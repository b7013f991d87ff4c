package io.headrace.router.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * Takes HTTP/1.1 bodies from the socket's buffers into their array. Vert.x would first copy each
 * chunk to a buffer of its own, a fifth of what a large body costs the front door. It taps only a
 * request that began to read as its head went through: the chunks of one that waits stay in
 * Vert.x's queue, and so in order. Stands right before Vert.x's handler; belongs to the
 * connection's event loop.
 */
final class BodyTap extends ChannelInboundHandlerAdapter {
    private final ConnectionGuard guard;
    private boolean tapping;

    BodyTap(ConnectionGuard guard) {
        this.guard = guard;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest) {
            guard.beginsToRead(null);
            context.fireChannelRead(message);
            tapping = guard.reading() != null;
        } else if (tapping && message instanceof HttpContent content) {
            tap(context, content);
        } else {
            context.fireChannelRead(message);
        }
    }

    private void tap(ChannelHandlerContext context, HttpContent content) {
        var reading = guard.reading();
        if (reading == null || content.decoderResult().isFailure()) {
            tapping = false;
            context.fireChannelRead(content);
            return;
        }
        boolean last = content instanceof LastHttpContent;
        try {
            reading.chunk(content.content());
        } finally {
            content.release();
        }
        if (last) {
            tapping = false;
            context.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }
}
