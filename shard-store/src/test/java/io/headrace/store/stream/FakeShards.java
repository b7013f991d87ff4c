package io.headrace.store.stream;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.record.RecordBatch;
import io.headrace.store.shard.AppendResult;
import io.headrace.store.shard.ReadResult;
import io.headrace.store.shard.ShardBounds;
import io.headrace.store.shard.Shards;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.NullMarked;

/**
 * Shards that only count: how many records each has, which are closed, which were deleted. Can be
 * told to refuse every close and delete from a certain one on. Any thread.
 */
@NullMarked
public final class FakeShards implements Shards {
    private final Map<ShardKey, Long> counts = new HashMap<>();
    private final Set<ShardKey> closed = new HashSet<>();
    private final Set<ShardKey> deleted = new HashSet<>();
    private int allowed = Integer.MAX_VALUE;

    public FakeShards() {}

    /** Lets this many more closes and deletes through and refuses the rest. */
    public synchronized void allow(int operations) {
        allowed = operations;
    }

    /** Gives a shard this many records. */
    public synchronized void fill(ShardKey shard, long records) {
        counts.put(shard, records);
    }

    public synchronized Set<ShardKey> closed() {
        return Set.copyOf(closed);
    }

    public synchronized Set<ShardKey> deleted() {
        return Set.copyOf(deleted);
    }

    @Override
    public synchronized CompletableFuture<AppendResult> append(ShardKey shard, RecordBatch batch) {
        if (closed.contains(shard)) {
            return CompletableFuture.completedFuture(new AppendResult.Closed());
        }
        long first = counts.getOrDefault(shard, 0L);
        counts.put(shard, first + batch.count());
        return CompletableFuture.completedFuture(new AppendResult.Committed(first, 0));
    }

    @Override
    public synchronized CompletableFuture<ReadResult> read(
            ShardKey shard, long fromIndex, int recordsMax, int bytesMax) {
        return CompletableFuture.completedFuture(
                new ReadResult(List.of(), fromIndex, boundsOf(shard)));
    }

    @Override
    public synchronized CompletableFuture<Long> indexAt(ShardKey shard, long arrivalMs) {
        return CompletableFuture.completedFuture(counts.getOrDefault(shard, 0L));
    }

    @Override
    public synchronized CompletableFuture<ShardBounds> bounds(ShardKey shard) {
        return CompletableFuture.completedFuture(boundsOf(shard));
    }

    @Override
    public Registration onCommit(ShardKey shard, Runnable wakeUp) {
        return () -> {};
    }

    @Override
    public synchronized CompletableFuture<ShardBounds> close(ShardKey shard) {
        if (allowed-- <= 0) {
            return refused();
        }
        closed.add(shard);
        return CompletableFuture.completedFuture(boundsOf(shard));
    }

    @Override
    public synchronized CompletableFuture<Void> delete(ShardKey shard) {
        if (allowed-- <= 0) {
            return refused();
        }
        deleted.add(shard);
        return CompletableFuture.completedFuture(null);
    }

    private static <T> CompletableFuture<T> refused() {
        return CompletableFuture.failedFuture(
                new RefusedException(ErrorCode.STORE_FULL, "the disk is full"));
    }

    private ShardBounds boundsOf(ShardKey shard) {
        return new ShardBounds(0, counts.getOrDefault(shard, 0L), closed.contains(shard), 0);
    }
}
