package io.headrace.router.codec;

import io.headrace.router.wire.WireFormat;
import io.headrace.store.record.RecordCursor;
import io.headrace.store.shard.ReadResult;
import io.vertx.core.buffer.Buffer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Writes records from blocks to the wire, as a GetRecords answer or the payload of a
 * SubscribeToShardEvent.
 */
public abstract sealed class RecordsWriter permits JsonRecordsWriter, CborRecordsWriter {
    /** The member that carries {@link RecordsAnswer#nextToken}. */
    public enum Shape {
        GET_RECORDS("NextShardIterator"),
        SUBSCRIBE_TO_SHARD("ContinuationSequenceNumber");

        final String tokenMember;

        Shape(String tokenMember) {
            this.tokenMember = tokenMember;
        }
    }

    private static final int LONG_BYTES = 64 << 10;

    final WireBytes out;
    private @Nullable SequenceDigits digits;

    RecordsWriter(int capacity, IntFunction<byte[]> arrays) {
        out = new WireBytes(capacity, arrays);
    }

    /** True if writing this answer takes so long that an event loop should not. */
    public static boolean isLong(RecordsAnswer answer) {
        return answer.recordBytes() > LONG_BYTES;
    }

    /** The whole answer. */
    public static Buffer write(RecordsAnswer answer, Shape shape, WireFormat format) {
        return write(answer, shape, format, byte[]::new);
    }

    /**
     * The whole answer, a long one in arrays of the caller's.
     *
     * @param arrays gives arrays of at least so many bytes, whatever they hold
     */
    public static Buffer write(
            RecordsAnswer answer, Shape shape, WireFormat format, IntFunction<byte[]> arrays) {
        int raw = answer.recordBytes();
        int perRecord = 240 * answer.recordCount();
        var writer =
                switch (format) {
                    case JSON -> new JsonRecordsWriter(raw + raw / 3 + perRecord + 1024, arrays);
                    case CBOR -> new CborRecordsWriter(raw + perRecord + 1024, arrays);
                };
        writer.begin(answer);
        boolean first = true;
        for (var slice : answer.slices()) {
            writer.writeSlice(answer, slice, first);
            first = false;
        }
        writer.end(answer, shape);
        return writer.out.toBuffer();
    }

    private void writeSlice(RecordsAnswer answer, ReadResult.Slice slice, boolean firstSlice) {
        var block = slice.block();
        long arrivalMs = block.arrivalMs();
        var numbers = digits(answer.shard(), arrivalMs / 1000);
        boolean encrypted = block.isStoredEncrypted();
        var cursor = block.records();
        boolean first = firstSlice;
        for (long index = block.firstIndex(); index < slice.toIndex(); index++) {
            if (!cursor.next()) {
                throw new IllegalStateException(
                        "block " + block + " ends before " + slice.toIndex());
            }
            if (index >= slice.fromIndex()) {
                writeRecord(numbers, index, arrivalMs, cursor, encrypted, first);
                first = false;
            }
        }
    }

    private SequenceDigits digits(ShardRef shard, long arrivalSeconds) {
        var known = digits;
        if (known == null || !known.isFor(shard.createdSeconds(), shard.number(), arrivalSeconds)) {
            known = new SequenceDigits(shard.createdSeconds(), shard.number(), arrivalSeconds);
            digits = known;
        }
        return known;
    }

    abstract void begin(RecordsAnswer answer);

    abstract void writeRecord(
            SequenceDigits numbers,
            long index,
            long arrivalMs,
            RecordCursor record,
            boolean encrypted,
            boolean first);

    abstract void end(RecordsAnswer answer, Shape shape);
}
