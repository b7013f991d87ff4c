package io.headrace.router.http;

import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Sends a large answer as fast as the client reads it. Each write is copied outside the heap, so
 * all at once would hold the answer twice, and in memory that is not kept for the next. Belongs to
 * the connection's event loop.
 */
final class AnswerPieces {
    /** Smaller answers are sent as they are. */
    static final int WHOLE_BYTES_MAX = 512 << 10;

    private static final int PIECE_BYTES_MAX = 256 << 10;

    private final HttpServerResponse response;
    private final ByteBuffer[] arrays;
    private int next;
    private boolean over;

    /**
     * @param response of which everything but the body is set, its length too
     */
    AnswerPieces(HttpServerResponse response, Buffer body) {
        this.response = response;
        this.arrays = ((BufferInternal) body).getByteBuf().nioBuffers();
    }

    /** Tells, once, whether all of it was sent; nothing after {@link #abandon} was true. */
    void send(Consumer<Boolean> answered) {
        response.drainHandler(drained -> writeOn(answered));
        writeOn(answered);
    }

    /**
     * Ends the sending because the client is gone, so that nobody drains what was written.
     *
     * @return false if all was written already: then the outcome is told as ever
     */
    boolean abandon() {
        boolean early = !over;
        over = true;
        return early;
    }

    private void writeOn(Consumer<Boolean> answered) {
        while (!over && !response.writeQueueFull()) {
            var piece = BufferInternal.buffer(Unpooled.wrappedBuffer(nextPiece()));
            if (next < arrays.length) {
                // A failure is told by the connection's end.
                var _ = response.write(piece);
            } else {
                over = true;
                response.end(piece).onComplete(sent -> answered.accept(sent.succeeded()));
            }
        }
    }

    private ByteBuffer nextPiece() {
        var array = arrays[next];
        int length = Math.min(array.remaining(), PIECE_BYTES_MAX);
        var piece = array.slice(array.position(), length);
        array.position(array.position() + length);
        if (!array.hasRemaining()) {
            next++;
        }
        return piece;
    }
}
