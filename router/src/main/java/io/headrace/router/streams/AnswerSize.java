package io.headrace.router.streams;

import io.headrace.router.wire.WireFormat;
import io.headrace.store.shard.ReadResult;

/**
 * What records will take once they are written, known before they are: room for them is taken
 * first.
 *
 * @param bytes about; each of the records is taken to need as much as the others of its block
 */
record AnswerSize(long bytes, int records) {
    /** Smaller ones are not worth a place in line. */
    private static final int SMALL_BYTES = 16 << 10;

    /** A sequence number, a time, the names of the members. */
    private static final int RECORD_BYTES = 240;

    private static final int REST_BYTES = 1024;

    static AnswerSize of(ReadResult result, WireFormat format) {
        long raw = 0;
        long records = 0;
        for (var slice : result.slices()) {
            long part = slice.toIndex() - slice.fromIndex();
            raw += slice.block().length() * part / slice.block().count();
            records += part;
        }
        long data =
                switch (format) {
                    // In Base64.
                    case JSON -> raw + raw / 3;
                    case CBOR -> raw;
                };
        return new AnswerSize(data + RECORD_BYTES * records + REST_BYTES, (int) records);
    }

    boolean isSmall() {
        return bytes <= SMALL_BYTES;
    }
}
