package io.headrace.store.record;

import java.util.Arrays;

/**
 * Encodes records one after another; for one thread, and for one batch after {@link #build()} too.
 */
public final class RecordBatchBuilder {
    private byte[] bytes;
    private int length;
    private int count;

    public RecordBatchBuilder(int capacityBytes) {
        bytes = new byte[Math.max(64, capacityBytes)];
    }

    /** Appends a record; {@code key} is UTF-8. Both slices are copied. */
    public void add(
            byte[] key, int keyOffset, int keyLength, byte[] data, int dataOffset, int dataLength) {
        if (keyLength > 0xffff) {
            throw new IllegalArgumentException("partition key of " + keyLength + " bytes");
        }
        int start = reserve(Math.addExact(RecordBatch.RECORD_OVERHEAD + keyLength, dataLength));
        putInt(start, 2 + keyLength + dataLength);
        bytes[start + 4] = (byte) (keyLength >>> 8);
        bytes[start + 5] = (byte) keyLength;
        System.arraycopy(key, keyOffset, bytes, start + 6, keyLength);
        System.arraycopy(data, dataOffset, bytes, start + 6 + keyLength, dataLength);
        count++;
    }

    public int count() {
        return count;
    }

    public int length() {
        return length;
    }

    /** Hands the records over; the builder starts again empty. */
    public RecordBatch build() {
        var batch = new RecordBatch(bytes, length, count);
        bytes = new byte[64];
        length = 0;
        count = 0;
        return batch;
    }

    private int reserve(int size) {
        int start = length;
        int end = Math.addExact(start, size);
        if (end > bytes.length) {
            bytes =
                    Arrays.copyOf(
                            bytes,
                            Math.max(
                                    end,
                                    (int) Math.min(Integer.MAX_VALUE - 8L, bytes.length * 2L)));
        }
        length = end;
        return start;
    }

    private void putInt(int offset, int value) {
        bytes[offset] = (byte) (value >>> 24);
        bytes[offset + 1] = (byte) (value >>> 16);
        bytes[offset + 2] = (byte) (value >>> 8);
        bytes[offset + 3] = (byte) value;
    }
}
