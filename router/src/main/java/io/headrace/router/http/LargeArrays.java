package io.headrace.router.http;

import java.util.ArrayDeque;

/**
 * Arrays for large bodies and answers, used again: a fresh one is zeroed before it is filled, which
 * takes as long as receiving it, and soon collected. Any thread.
 */
final class LargeArrays {
    /** Smaller arrays cost a collector little. */
    static final int BYTES_MIN = 64 << 10;

    static final int BYTES_MAX = 1 << 20;

    private static final int STEP_BYTES = 128 << 10;

    private final long keptBytesMax;
    private final ArrayDeque<byte[]>[] kept;
    private long keptBytes;

    /**
     * @param keptBytesMax bytes of arrays that lie here unused
     */
    LargeArrays(long keptBytesMax) {
        this.keptBytesMax = keptBytesMax;
        this.kept = lists();
    }

    /** An array of at least so many bytes, whatever they hold. */
    byte[] take(int bytes) {
        if (bytes < BYTES_MIN || bytes > BYTES_MAX) {
            return new byte[bytes];
        }
        int steps = (bytes + STEP_BYTES - 1) / STEP_BYTES;
        synchronized (kept) {
            var array = kept[steps - 1].pollLast();
            if (array != null) {
                keptBytes -= array.length;
                return array;
            }
        }
        return new byte[steps * STEP_BYTES];
    }

    /** Takes an array back that nobody looks at any more. Others than it gave are let go. */
    void giveBack(byte[] array) {
        if (array.length < STEP_BYTES
                || array.length > BYTES_MAX
                || array.length % STEP_BYTES != 0) {
            return;
        }
        synchronized (kept) {
            if (keptBytes + array.length <= keptBytesMax) {
                keptBytes += array.length;
                kept[array.length / STEP_BYTES - 1].addLast(array);
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static ArrayDeque<byte[]>[] lists() {
        var lists = new ArrayDeque<?>[BYTES_MAX / STEP_BYTES];
        for (int i = 0; i < lists.length; i++) {
            lists[i] = new ArrayDeque<byte[]>();
        }
        return (ArrayDeque<byte[]>[]) lists;
    }
}
