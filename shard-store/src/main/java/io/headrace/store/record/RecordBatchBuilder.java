package io.headrace.store.record;

import java.util.Arrays;

/**
 * Encodes records one after another; for one thread, and for one batch after {@link #build()} too.
 */
public final class RecordBatchBuilder {
    private byte[] bytes;
    private int start;
    private int length;
    private int count;

    public RecordBatchBuilder(int capacityBytes) {
        bytes = new byte[roomFor(Math.max(64, capacityBytes))];
    }

    /**
     * A builder that writes into memory it shares with others, from {@code start} on; for as many
     * bytes of records as {@link #roomFor} was asked about.
     */
    public RecordBatchBuilder(byte[] memory, int start) {
        this.bytes = memory;
        this.start = start;
    }

    /** Bytes of memory that a batch takes. */
    public static int roomFor(int recordBytes) {
        return Math.addExact(Block.HEADER_BYTES, recordBytes);
    }

    /** Bytes a record takes in a batch. */
    public static int sizeOf(int keyLength, int dataLength) {
        return Math.addExact(RecordBatch.RECORD_OVERHEAD + keyLength, dataLength);
    }

    /** Appends a record; {@code key} is UTF-8. Both slices are copied. */
    public void add(
            byte[] key, int keyOffset, int keyLength, byte[] data, int dataOffset, int dataLength) {
        if (keyLength > 0xffff) {
            throw new IllegalArgumentException("partition key of " + keyLength + " bytes");
        }
        int at = reserve(sizeOf(keyLength, dataLength));
        putInt(at, 2 + keyLength + dataLength);
        bytes[at + 4] = (byte) (keyLength >>> 8);
        bytes[at + 5] = (byte) keyLength;
        System.arraycopy(key, keyOffset, bytes, at + 6, keyLength);
        System.arraycopy(data, dataOffset, bytes, at + 6 + keyLength, dataLength);
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
        var batch = new RecordBatch(bytes, start, length, count);
        bytes = new byte[roomFor(64)];
        start = 0;
        length = 0;
        count = 0;
        return batch;
    }

    private int reserve(int size) {
        int at = start + Block.HEADER_BYTES + length;
        int end = Math.addExact(at, size);
        if (end > bytes.length) {
            int longer = (int) Math.min(Integer.MAX_VALUE - 8L, (end - start) * 2L);
            bytes = Arrays.copyOfRange(bytes, start, start + Math.max(end - start, longer));
            at -= start;
            start = 0;
        }
        length += size;
        return at;
    }

    private void putInt(int offset, int value) {
        bytes[offset] = (byte) (value >>> 24);
        bytes[offset + 1] = (byte) (value >>> 16);
        bytes[offset + 2] = (byte) (value >>> 8);
        bytes[offset + 3] = (byte) value;
    }
}
