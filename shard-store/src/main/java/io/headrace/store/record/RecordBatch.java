package io.headrace.store.record;

import java.nio.ByteBuffer;

/**
 * The records of one append to one shard, encoded as they will lie in the block, without their
 * place in the shard:
 *
 * <pre>
 * repeated count times:
 *   u32  length of what follows (2 + key length + data length)
 *   u16  key length in bytes
 *   key  UTF-8, 1 .. 1024 bytes
 *   data
 * </pre>
 *
 * Big-endian. Immutable: the builder hands its array over and never touches it again. In the array
 * there is room for a block's header before the records, so that a batch can become a block as it
 * lies there.
 */
public final class RecordBatch {
    /** Bytes a record takes besides its key and data. */
    public static final int RECORD_OVERHEAD = 6;

    private final byte[] bytes;
    private final int start;
    private final int length;
    private final int count;

    /**
     * @param start where the room for the header begins
     */
    RecordBatch(byte[] bytes, int start, int length, int count) {
        this.bytes = bytes;
        this.start = start;
        this.length = length;
        this.count = count;
    }

    /**
     * Takes records that came encoded. The array must be nobody else's from now on.
     *
     * @param start where {@link Block#HEADER_BYTES} of room begin, with the records behind them
     * @param length of the records
     * @throws DamagedBlockException if these are not exactly {@code count} whole records
     */
    public static RecordBatch received(byte[] memory, int start, int length, int count) {
        if (count < 1 || length < 0) {
            throw new DamagedBlockException(
                    "a batch of %d records in %d bytes".formatted(count, length));
        }
        var batch = new RecordBatch(memory, start, length, count);
        var records = new RecordCursor(batch.content(), count);
        while (records.next()) {
            if (records.dataLength() < 0) {
                throw new DamagedBlockException("record of " + records.dataLength() + " bytes");
            }
        }
        return batch;
    }

    public int count() {
        return count;
    }

    /** Encoded length in bytes. */
    public int length() {
        return length;
    }

    /** A fresh read-only view of the encoded records. */
    public ByteBuffer content() {
        return ByteBuffer.wrap(bytes, start + Block.HEADER_BYTES, length)
                .slice()
                .asReadOnlyBuffer();
    }

    /** Copies the encoded records to {@code target}, without a view object. */
    public void copyTo(ByteBuffer target) {
        target.put(bytes, start + Block.HEADER_BYTES, length);
    }

    /** The room for a header and the records behind it; for who owns the batch alone. */
    ByteBuffer room() {
        return ByteBuffer.wrap(bytes, start, Block.HEADER_BYTES + length).slice();
    }
}
