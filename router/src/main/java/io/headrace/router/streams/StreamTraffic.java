package io.headrace.router.streams;

import io.headrace.store.record.Block;
import io.headrace.store.record.RecordBatch;
import io.headrace.store.shard.ReadResult;
import io.headrace.store.stream.StreamState;

/**
 * Hears what goes into and out of shards, batch by batch, for metrics. Called on event loops and on
 * the store's threads: implementations only count.
 */
public interface StreamTraffic {
    StreamTraffic NONE = new StreamTraffic() {};

    /** A batch of a put was stored in one shard; bytes are those of keys and data. */
    default void written(StreamState stream, int shard, int records, long bytes) {}

    /** A record was refused for the shard's rate or because too much is pending. */
    default void writeThrottled(StreamState stream, int shard, int records) {}

    /**
     * Records left for a reader; none if it found nothing.
     *
     * @param bytes of keys and data, to within a block's average record where a block was cut
     * @param millisBehind how far behind the tip the reader is after this; 0 if it is there
     */
    default void read(StreamState stream, int shard, long records, long bytes, long millisBehind) {}

    /** A GetRecords was refused for the shard's rate. */
    default void readThrottled(StreamState stream, int shard) {}

    /** Tells the traffic of a read. */
    static void read(
            StreamTraffic traffic,
            StreamState stream,
            int shard,
            ReadResult result,
            long millisBehind) {
        long records = 0;
        long bytes = 0;
        for (var slice : result.slices()) {
            long part = slice.toIndex() - slice.fromIndex();
            var block = slice.block();
            records += part;
            bytes += bodyBytes(block.length(), block.count()) * part / block.count();
        }
        traffic.read(stream, shard, records, bytes, millisBehind);
    }

    private static long bodyBytes(long blockBytes, long records) {
        return Math.max(0, blockBytes - Block.HEADER_BYTES - records * RecordBatch.RECORD_OVERHEAD);
    }
}
