package io.headrace.store.record;

/**
 * Memory for batches, handed out from large arrays one behind the other. What is stored at about
 * the same time also leaves memory at about the same time, and a collector that leaves large arrays
 * where they are then never copies a record. Any thread.
 */
public final class BatchMemory {
    /** A little less than 4 MiB: with its header an array fills whole regions of the heap. */
    private static final int SLAB_BYTES = (4 << 20) - 64;

    /** Small batches are joined into blocks of their own anyway. */
    private static final int SHARED_BYTES_MIN = 32 << 10;

    private byte[] slab = {};
    private int used;

    /** A part of an array that is its taker's alone. */
    public static final class Stretch {
        private final byte[] array;
        private final int start;

        private Stretch(byte[] array, int start) {
            this.array = array;
            this.start = start;
        }

        public byte[] array() {
            return array;
        }

        public int start() {
            return start;
        }
    }

    /** So many bytes, whatever they hold. */
    public Stretch take(int bytes) {
        if (bytes < SHARED_BYTES_MIN || bytes > SLAB_BYTES / 2) {
            return new Stretch(new byte[bytes], 0);
        }
        synchronized (this) {
            if (bytes > slab.length - used) {
                slab = new byte[SLAB_BYTES];
                used = 0;
            }
            int start = used;
            used += bytes;
            return new Stretch(slab, start);
        }
    }
}
