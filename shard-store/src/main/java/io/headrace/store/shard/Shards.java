package io.headrace.store.shard;

import io.headrace.store.ShardKey;
import io.headrace.store.record.RecordBatch;
import java.util.concurrent.CompletableFuture;

/**
 * Reaches every shard by its key, wherever it is owned. A shard needs no creation: one nobody
 * appended to is empty. Methods never block and may be called by any thread; futures fail with
 * {@link io.headrace.store.RefusedException} for a refusal, and complete on a thread that must not
 * be blocked for long.
 */
public interface Shards {
    /**
     * Appends a batch as a whole. The future completes once the commit that holds it is durable and
     * readable. It fails with {@code THROUGHPUT_EXCEEDED} if too much is pending (nothing was
     * stored), {@code STORE_FULL} if the disk is (nothing was stored), {@code INTERNAL_FAILURE} if
     * the outcome is unknown.
     */
    CompletableFuture<AppendResult> append(ShardKey shard, RecordBatch batch);

    /**
     * Reads committed records from {@code fromIndex} on, in order, whole blocks cut to the limits,
     * at least one record if there is any however large. An index below the first kept one reads
     * from there.
     *
     * @param bytesMax bound on the encoded bytes of the records returned
     */
    CompletableFuture<ReadResult> read(
            ShardKey shard, long fromIndex, int recordsMax, int bytesMax);

    /**
     * Index of the first kept record that arrived at {@code arrivalMs} or later, else the next
     * index.
     */
    CompletableFuture<Long> indexAt(ShardKey shard, long arrivalMs);

    CompletableFuture<ShardBounds> bounds(ShardKey shard);

    /**
     * Calls {@code wakeUp} after every commit to the shard and when it is closed, until the
     * registration is closed. Coalescing is allowed, losing the last one is not; {@code wakeUp}
     * must only hand over.
     */
    Registration onCommit(ShardKey shard, Runnable wakeUp);

    /**
     * Ends the shard for good, durably: later appends get {@link AppendResult.Closed}. Idempotent.
     */
    CompletableFuture<ShardBounds> close(ShardKey shard);

    /** Forgets the shards of a deleted stream and removes what they stored, in the background. */
    CompletableFuture<Void> delete(ShardKey shard);

    /** Ends a subscription to commits; idempotent. */
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
