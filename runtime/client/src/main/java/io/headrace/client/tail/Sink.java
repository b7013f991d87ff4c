package io.headrace.client.tail;

import java.util.List;
import software.amazon.awssdk.services.kinesis.model.Record;

/** Takes what the readers read; called by one thread per shard, several at once. */
public interface Sink {
    /**
     * Takes records of one shard, in order.
     *
     * @param behindMs how far the shard's reader is behind its end
     * @return false to end the whole tail
     */
    boolean take(String shardId, List<Record> records, long behindMs);
}
