package io.headrace.router.streams;

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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.NullMarked;

/**
 * Shards that keep their records in memory and answer at once, but for what a test tells them to:
 * to refuse appends, or to hold reads back until they are released. For one thread.
 */
@NullMarked
final class MemoryShards implements Shards {
    private final Map<ShardKey, Log> logs = new HashMap<>();
    private final Map<ShardKey, RefusedException> refusals = new HashMap<>();
    private final Queue<Runnable> heldReads = new ArrayDeque<>();
    private final InstantSource clock;
    private boolean holdReads;
    private long passedOverBelow;
    int reads;

    /** How often it was asked where a shard begins and ends, or has a time. */
    int looks;

    MemoryShards(InstantSource clock) {
        this.clock = clock;
    }

    private static final class Log {
        final List<Block> blocks = new ArrayList<>();
        final List<Runnable> wakeUps = new ArrayList<>();
        long first;
        long next;
        long lastArrivalMs;
        boolean closed;
        boolean deleted;

        ShardBounds bounds() {
            return new ShardBounds(first, next, closed, lastArrivalMs);
        }

        void wake() {
            List.copyOf(wakeUps).forEach(Runnable::run);
        }
    }

    private Log log(ShardKey shard) {
        return logs.computeIfAbsent(shard, _ -> new Log());
    }

    /** Every append to the shard fails so, until null. */
    void refuseAppends(ShardKey shard, RefusedException refusal) {
        refusals.put(shard, refusal);
    }

    /** Reads below the index pass over a record at a time and give nothing, as expired ones do. */
    void passOverBelow(long index) {
        passedOverBelow = index;
    }

    void holdReads() {
        holdReads = true;
    }

    void releaseReads() {
        holdReads = false;
        for (var read = heldReads.poll(); read != null; read = heldReads.poll()) {
            read.run();
        }
    }

    /** Drops the records below the index, as retention does. */
    void trim(ShardKey shard, long first) {
        var log = log(shard);
        log.first = first;
        log.blocks.removeIf(block -> block.nextIndex() <= first);
    }

    int listeners(ShardKey shard) {
        return log(shard).wakeUps.size();
    }

    @Override
    public CompletableFuture<AppendResult> append(ShardKey shard, RecordBatch batch) {
        var log = log(shard);
        var refusal = refusals.get(shard);
        if (refusal != null) {
            return CompletableFuture.failedFuture(refusal);
        }
        if (log.deleted) {
            return gone();
        }
        if (log.closed) {
            return CompletableFuture.completedFuture(new AppendResult.Closed());
        }
        var builder = new BlockBuilder(batch.length());
        builder.add(batch);
        log.lastArrivalMs = Math.max(log.lastArrivalMs, clock.millis());
        long first = log.next;
        log.blocks.add(builder.seal(shard, 1, first, log.lastArrivalMs));
        log.next += batch.count();
        var committed = new AppendResult.Committed(first, log.lastArrivalMs);
        log.wake();
        return CompletableFuture.completedFuture(committed);
    }

    @Override
    public CompletableFuture<ReadResult> read(
            ShardKey shard, long fromIndex, int recordsMax, int bytesMax) {
        reads++;
        if (fromIndex < passedOverBelow) {
            return CompletableFuture.completedFuture(
                    new ReadResult(List.of(), fromIndex + 1, log(shard).bounds()));
        }
        if (holdReads) {
            var answer = new CompletableFuture<ReadResult>();
            heldReads.add(
                    () -> answer.complete(slices(log(shard), fromIndex, recordsMax, bytesMax)));
            return answer;
        }
        return log(shard).deleted
                ? gone()
                : CompletableFuture.completedFuture(
                        slices(log(shard), fromIndex, recordsMax, bytesMax));
    }

    private static ReadResult slices(Log log, long fromIndex, int recordsMax, int bytesMax) {
        long from = Math.max(log.first, fromIndex);
        var slices = new ArrayList<ReadResult.Slice>();
        long at = from;
        int bytes = 0;
        boolean full = false;
        for (var block : log.blocks) {
            if (full || block.nextIndex() <= at) {
                continue;
            }
            var cursor = block.records();
            long start = at;
            for (long i = block.firstIndex(); i < block.nextIndex() && !full; i++) {
                cursor.next();
                int size = RecordBatch.RECORD_OVERHEAD + cursor.keyLength() + cursor.dataLength();
                if (i < at) {
                    continue;
                }
                full = at - from == recordsMax || (at > from && bytes + size > bytesMax);
                if (!full) {
                    bytes += size;
                    at++;
                }
            }
            if (at > start) {
                slices.add(new ReadResult.Slice(block, start, at));
            }
        }
        return new ReadResult(slices, at, log.bounds());
    }

    @Override
    public CompletableFuture<Long> indexAt(ShardKey shard, long arrivalMs) {
        looks++;
        var log = log(shard);
        return CompletableFuture.completedFuture(
                log.blocks.stream()
                        .filter(block -> block.arrivalMs() >= arrivalMs)
                        .map(block -> Math.max(log.first, block.firstIndex()))
                        .findFirst()
                        .orElse(log.next));
    }

    @Override
    public CompletableFuture<ShardBounds> bounds(ShardKey shard) {
        looks++;
        return CompletableFuture.completedFuture(log(shard).bounds());
    }

    @Override
    public Registration onCommit(ShardKey shard, Runnable wakeUp) {
        var log = log(shard);
        log.wakeUps.add(wakeUp);
        return () -> log.wakeUps.remove(wakeUp);
    }

    @Override
    public CompletableFuture<ShardBounds> close(ShardKey shard) {
        var log = log(shard);
        log.closed = true;
        log.wake();
        return CompletableFuture.completedFuture(log.bounds());
    }

    @Override
    public CompletableFuture<Void> delete(ShardKey shard) {
        var log = log(shard);
        log.deleted = true;
        log.wake();
        return CompletableFuture.completedFuture(null);
    }

    private static <T> CompletableFuture<T> gone() {
        return CompletableFuture.failedFuture(
                new RefusedException(ErrorCode.RESOURCE_NOT_FOUND, "the shard is deleted"));
    }
}
