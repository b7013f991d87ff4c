package io.headrace.router.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * What answers are written into: small ones into one array that grows, large ones into a row of
 * them, so that none is copied. For one thread.
 */
final class WireBytes {
    /** An array is no longer than this unless something that must not be cut is. */
    static final int PIECE_BYTES = 512 << 10;

    private final IntFunction<byte[]> arrays;
    private final List<ByteBuf> full = new ArrayList<>(0);
    private byte[] piece;
    private int used;
    private int fullBytes;

    /**
     * @param capacity about as many bytes as will be written
     */
    WireBytes(int capacity) {
        this(capacity, byte[]::new);
    }

    /**
     * @param arrays gives arrays of at least so many bytes for what takes more than one
     */
    WireBytes(int capacity, IntFunction<byte[]> arrays) {
        this.arrays = arrays;
        piece =
                capacity > PIECE_BYTES
                        ? arrays.apply(PIECE_BYTES)
                        : new byte[Math.max(capacity, 64)];
    }

    int length() {
        return fullBytes + used;
    }

    /** Makes room and returns where in {@link #array} it begins; the caller fills it there. */
    int extend(int size) {
        if (size > piece.length - used) {
            makeRoom(size);
        }
        int start = used;
        used += size;
        return start;
    }

    /** The array of the last extension; the next may replace it. */
    byte[] array() {
        return piece;
    }

    void put(int value) {
        int at = extend(1);
        piece[at] = (byte) value;
    }

    void put(byte[] source) {
        put(source, 0, source.length);
    }

    void put(byte[] source, int offset, int size) {
        int at = extend(size);
        System.arraycopy(source, offset, piece, at, size);
    }

    void put(ByteBuffer source, int offset, int size) {
        int at = extend(size);
        source.get(offset, piece, at, size);
    }

    void putAscii(String text) {
        put(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The bytes written so far, not copied: nothing may be written after. */
    Buffer toBuffer() {
        var last = Unpooled.wrappedBuffer(piece, 0, used);
        if (full.isEmpty()) {
            return BufferInternal.buffer(last);
        }
        full.add(last);
        return BufferInternal.buffer(
                Unpooled.wrappedBuffer(full.size(), full.toArray(ByteBuf[]::new)));
    }

    private void makeRoom(int size) {
        Math.addExact(length(), size);
        if (used + size <= PIECE_BYTES) {
            piece = Arrays.copyOf(piece, Math.clamp(piece.length * 2L, used + size, PIECE_BYTES));
            return;
        }
        if (used > 0) {
            full.add(Unpooled.wrappedBuffer(piece, 0, used));
            fullBytes += used;
        }
        piece = size > PIECE_BYTES ? new byte[size] : arrays.apply(PIECE_BYTES);
        used = 0;
    }
}
