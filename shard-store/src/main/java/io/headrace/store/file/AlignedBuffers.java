package io.headrace.store.file;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Buffers that a disk takes as they are: they begin at a multiple of {@link #ALIGNMENT} in memory
 * and are as long. Any thread.
 */
public final class AlignedBuffers {
    /** Bytes; a multiple of every logical block size in use. */
    public static final int ALIGNMENT = 4096;

    /** Large enough that a disk is at its full rate. */
    static final int PIECE_BYTES = 1 << 20;

    /** More threads than this at once take buffers of their own. */
    private static final int KEPT_MAX = 4;

    private static final ArrayBlockingQueue<ByteBuffer> KEPT = new ArrayBlockingQueue<>(KEPT_MAX);

    private AlignedBuffers() {}

    /** A direct buffer of at least so many bytes, rounded up to {@link #ALIGNMENT}. */
    public static ByteBuffer allocate(int bytes) {
        int length = (int) roundUp(bytes);
        return ByteBuffer.allocateDirect(length + ALIGNMENT - 1)
                .alignedSlice(ALIGNMENT)
                .limit(length)
                .slice();
    }

    static boolean isAligned(ByteBuffer buffer) {
        return buffer.isDirect()
                && buffer.alignmentOffset(buffer.position(), ALIGNMENT) == 0
                && buffer.remaining() % ALIGNMENT == 0;
    }

    static long roundUp(long bytes) {
        return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** A cleared buffer of {@link #PIECE_BYTES}, to be given back. */
    static ByteBuffer borrow() {
        var kept = KEPT.poll();
        return kept == null ? allocate(PIECE_BYTES) : kept.clear();
    }

    static void giveBack(ByteBuffer buffer) {
        // One too many is left to the collector.
        var _ = KEPT.offer(buffer);
    }
}
