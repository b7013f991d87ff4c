package io.headrace.router.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Collects a request's body in one array. Of a body whose length was announced the array is made at
 * once up to a bound, and beyond that only as bytes arrive: a client cannot make the node allocate
 * much by announcing much. Belongs to the connection's event loop.
 */
final class BodyBuffer {
    static final int UNKNOWN = -1;

    private static final int FIRST_BYTES = 1 << 20;
    private static final int FIRST_BYTES_UNKNOWN = 8 << 10;
    private static final byte[] EMPTY = new byte[0];

    private final int announced;
    private final int bytesMax;
    private byte[] bytes;
    private int received;

    /**
     * @param announced the Content-Length, or {@link #UNKNOWN}
     */
    BodyBuffer(int announced, int bytesMax) {
        this.announced = announced;
        this.bytesMax = announced == UNKNOWN ? bytesMax : announced;
        int first = announced == UNKNOWN ? FIRST_BYTES_UNKNOWN : Math.min(announced, FIRST_BYTES);
        bytes = first == 0 ? EMPTY : new byte[Math.min(first, this.bytesMax)];
    }

    /** False if the body is longer than it may be; nothing is added then. */
    boolean add(ByteBuf chunk) {
        int length = chunk.readableBytes();
        if (length > bytesMax - received) {
            return false;
        }
        if (length > bytes.length - received) {
            grow(received + length);
        }
        chunk.readBytes(bytes, received, length);
        received += length;
        return true;
    }

    /** As many as may come. */
    int bytesMax() {
        return bytesMax;
    }

    int announced() {
        return announced;
    }

    /** Whether all that was announced has come. */
    boolean complete() {
        return announced == UNKNOWN || announced == received;
    }

    /** The body; the buffer must not be used afterwards. */
    byte[] take() {
        var taken = received == bytes.length ? bytes : Arrays.copyOf(bytes, received);
        bytes = EMPTY;
        return taken;
    }

    private void grow(int needed) {
        int larger = Math.max(needed, (int) Math.min(4L * bytes.length, bytesMax));
        bytes = Arrays.copyOf(bytes, larger);
    }
}
