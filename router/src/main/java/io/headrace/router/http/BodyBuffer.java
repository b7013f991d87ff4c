package io.headrace.router.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Collects a request's body in one array. Of a body whose length was announced the array is made
 * with its first bytes, up to a bound, and beyond that only as bytes arrive: a client cannot make
 * the node allocate much by announcing much. Belongs to the connection's event loop.
 */
final class BodyBuffer {
    static final int UNKNOWN = -1;

    private static final int FIRST_BYTES = 1 << 20;
    private static final int FIRST_BYTES_UNKNOWN = 8 << 10;
    private static final byte[] EMPTY = new byte[0];

    private final int announced;
    private final int bytesMax;
    private final int first;
    // Made when the first chunk comes: a request that waits for its share must hold nothing.
    private byte[] bytes = EMPTY;
    private int received;

    /**
     * @param announced the Content-Length, or {@link #UNKNOWN}
     */
    BodyBuffer(int announced, int bytesMax) {
        this.announced = announced;
        this.bytesMax = announced == UNKNOWN ? bytesMax : announced;
        first = Math.min(this.bytesMax, announced == UNKNOWN ? FIRST_BYTES_UNKNOWN : FIRST_BYTES);
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
        int wanted = bytes.length == 0 ? first : (int) Math.min(4L * bytes.length, bytesMax);
        int larger = Math.max(needed, wanted);
        bytes = Arrays.copyOf(bytes, larger);
    }
}
