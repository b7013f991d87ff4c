package io.headrace.router.http;

import io.headrace.router.wire.RequestBody;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Collects a request's body in one array. Of a body whose length was announced the array is made
 * with its first bytes, up to a bound, and beyond that only as bytes arrive: a client cannot make
 * the node allocate much by announcing much. Belongs to the connection's event loop.
 */
final class BodyBuffer {
    static final int UNKNOWN = -1;

    private static final int FIRST_BYTES = LargeArrays.BYTES_MAX;
    private static final int FIRST_BYTES_UNKNOWN = 8 << 10;
    private static final byte[] EMPTY = new byte[0];

    private final int announced;
    private final int bytesMax;
    private final int first;
    private final LargeArrays arrays;
    // Made when the first chunk comes: a request that waits for its share must hold nothing.
    private byte[] bytes = EMPTY;
    private int received;

    /**
     * @param announced the Content-Length, or {@link #UNKNOWN}
     */
    BodyBuffer(int announced, int bytesMax, LargeArrays arrays) {
        this.announced = announced;
        this.bytesMax = announced == UNKNOWN ? bytesMax : announced;
        this.arrays = arrays;
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
    RequestBody take() {
        var taken = new RequestBody(bytes, received);
        bytes = EMPTY;
        return taken;
    }

    /** Nobody wants the body; the buffer must not be used afterwards. */
    void drop() {
        arrays.giveBack(bytes);
        bytes = EMPTY;
    }

    private void grow(int needed) {
        if (bytes.length == 0) {
            bytes = arrays.take(Math.max(needed, first));
            return;
        }
        var smaller = bytes;
        bytes =
                Arrays.copyOf(
                        smaller, Math.max(needed, (int) Math.min(4L * smaller.length, bytesMax)));
        arrays.giveBack(smaller);
    }
}
