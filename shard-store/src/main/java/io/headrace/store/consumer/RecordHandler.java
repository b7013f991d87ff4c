package io.headrace.store.consumer;

import io.headrace.store.ShardKey;
import io.headrace.store.shard.ReadResult;

/** What a consumer does with its records. */
@FunctionalInterface
public interface RecordHandler {
    /**
     * Handles a run of records; they are committed when it returns. It may block. After a crash, a
     * failure or a lost lease the same records come again, perhaps to another member, so a handler
     * that writes elsewhere hands {@code lease.epoch()} on and lets the highest win.
     *
     * @throws Exception if they can't be handled now: they come again after a rest
     */
    void handle(Lease lease, ReadResult records) throws Exception;

    /** Who reads which shard for whom; {@code epoch} rises with every change of the reader. */
    record Lease(String consumer, ShardKey shard, String owner, long epoch) {}
}
