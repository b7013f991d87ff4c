package io.headrace.store.consumer;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.record.Block;
import io.headrace.store.record.BlockBuilder;
import io.headrace.store.record.RecordBatch;
import io.headrace.store.shard.AppendResult;
import io.headrace.store.shard.ReadResult;
import io.headrace.store.shard.ShardBounds;
import io.headrace.store.shard.Shards;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Shards as lists of blocks in memory; every call is done when it returns. Any thread. */
public final class FakeShards implements Shards {
    private final InstantSource clock;
    private final Map<ShardKey, Log> logs = new HashMap<>();

    private static final class Log {
        private final List<Block> blocks = new ArrayList<>();
        private final List<Runnable> listeners = new ArrayList<>();
        private long firstIndex;
        private long nextIndex;
        private boolean closed;
        private boolean failing;
        private boolean deleted;
    }

    public FakeShards(InstantSource clock) {
        this.clock = clock;
    }

    /** Reads of the shard fail, or work again. */
    public synchronized void setFailing(ShardKey shard, boolean failing) {
        log(shard).failing = failing;
    }

    /** Forgets the records below, as retention does. */
    public synchronized void trim(ShardKey shard, long firstIndex) {
        log(shard).firstIndex = firstIndex;
    }

    @Override
    public synchronized CompletableFuture<AppendResult> append(ShardKey shard, RecordBatch batch) {
        var log = log(shard);
        if (log.closed) {
            return CompletableFuture.completedFuture(new AppendResult.Closed());
        }
        var builder = new BlockBuilder(batch.length());
        builder.add(batch);
        long arrivalMs = clock.millis();
        log.blocks.add(builder.seal(shard, 1, log.nextIndex, arrivalMs));
        var result = new AppendResult.Committed(log.nextIndex, arrivalMs);
        log.nextIndex += batch.count();
        log.listeners.forEach(Runnable::run);
        return CompletableFuture.completedFuture(result);
    }

    @Override
    public synchronized CompletableFuture<ReadResult> read(
            ShardKey shard, long fromIndex, int recordsMax, int bytesMax) {
        var log = log(shard);
        if (log.deleted) {
            return notFound();
        }
        if (log.failing) {
            return CompletableFuture.failedFuture(
                    new RefusedException(ErrorCode.INTERNAL_FAILURE, "damaged"));
        }
        long next = Math.max(fromIndex, log.firstIndex);
        long end = next + recordsMax;
        var slices = new ArrayList<ReadResult.Slice>();
        for (var block : log.blocks) {
            if (block.nextIndex() > next && block.firstIndex() < end) {
                long to = Math.min(end, block.nextIndex());
                slices.add(new ReadResult.Slice(block, next, to));
                next = to;
            }
        }
        return CompletableFuture.completedFuture(new ReadResult(slices, next, boundsOf(log)));
    }

    @Override
    public synchronized CompletableFuture<Long> indexAt(ShardKey shard, long arrivalMs) {
        var log = log(shard);
        return CompletableFuture.completedFuture(
                log.blocks.stream()
                        .filter(block -> block.arrivalMs() >= arrivalMs)
                        .map(Block::firstIndex)
                        .findFirst()
                        .orElse(log.nextIndex));
    }

    @Override
    public synchronized CompletableFuture<ShardBounds> bounds(ShardKey shard) {
        var log = log(shard);
        return log.deleted ? notFound() : CompletableFuture.completedFuture(boundsOf(log));
    }

    @Override
    public synchronized Registration onCommit(ShardKey shard, Runnable wakeUp) {
        log(shard).listeners.add(wakeUp);
        return () -> unregister(shard, wakeUp);
    }

    @Override
    public synchronized CompletableFuture<ShardBounds> close(ShardKey shard) {
        var log = log(shard);
        log.closed = true;
        log.listeners.forEach(Runnable::run);
        return CompletableFuture.completedFuture(boundsOf(log));
    }

    @Override
    public synchronized CompletableFuture<Void> delete(ShardKey shard) {
        log(shard).deleted = true;
        return CompletableFuture.completedFuture(null);
    }

    private static <T> CompletableFuture<T> notFound() {
        return CompletableFuture.failedFuture(
                new RefusedException(ErrorCode.RESOURCE_NOT_FOUND, "deleted"));
    }

    private synchronized void unregister(ShardKey shard, Runnable wakeUp) {
        log(shard).listeners.remove(wakeUp);
    }

    private Log log(ShardKey shard) {
        return logs.computeIfAbsent(shard, _ -> new Log());
    }

    private static ShardBounds boundsOf(Log log) {
        long last = log.blocks.isEmpty() ? 0 : log.blocks.getLast().arrivalMs();
        return new ShardBounds(log.firstIndex, log.nextIndex, log.closed, last);
    }
}
