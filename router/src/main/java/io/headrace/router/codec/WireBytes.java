package io.headrace.router.codec;

import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing byte array that answers are written into; for one thread. */
final class WireBytes {
    private byte[] bytes;
    private int length;

    WireBytes(int capacity) {
        bytes = new byte[Math.max(64, capacity)];
    }

    int length() {
        return length;
    }

    /** Makes room and returns where it begins; the caller fills {@link #array} there. */
    int extend(int size) {
        int start = length;
        int end = Math.addExact(start, size);
        if (end > bytes.length) {
            bytes =
                    Arrays.copyOf(
                            bytes,
                            (int)
                                    Math.min(
                                            Integer.MAX_VALUE - 8L,
                                            Math.max(end, bytes.length * 2L)));
        }
        length = end;
        return start;
    }

    /** The array now; any extension may replace it. */
    byte[] array() {
        return bytes;
    }

    void put(int value) {
        int at = extend(1);
        bytes[at] = (byte) value;
    }

    void put(byte[] source) {
        put(source, 0, source.length);
    }

    void put(byte[] source, int offset, int size) {
        int at = extend(size);
        System.arraycopy(source, offset, bytes, at, size);
    }

    void put(ByteBuffer source, int offset, int size) {
        int at = extend(size);
        source.get(offset, bytes, at, size);
    }

    void putAscii(String text) {
        put(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The bytes written so far, not copied: nothing may be written after. */
    Buffer toBuffer() {
        return BufferInternal.buffer(Unpooled.wrappedBuffer(bytes, 0, length));
    }
}
