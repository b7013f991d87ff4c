package io.headrace.store.shard;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/**
 * Reads of the shards of one node: of what is in memory at once, of all else on threads that may
 * block. Any thread may call.
 */
final class ShardReads {
    private static final long EXPIRY_GRAIN_MS = 1000;

    private final LocalShards.Parts parts;
    private final LocalShards shards;

    /** A piece of work that may fail as disks do. */
    private interface Task<T> {
        T run() throws IOException;
    }

    ShardReads(LocalShards.Parts parts, LocalShards shards) {
        this.parts = parts;
        this.shards = shards;
    }

    CompletableFuture<ReadResult> read(
            ShardKey shard, long fromIndex, int recordsMax, int bytesMax) {
        if (fromIndex < 0 || recordsMax < 1 || bytesMax < 1) {
            return CompletableFuture.failedFuture(
                    new RefusedException(
                            ErrorCode.INVALID_ARGUMENT,
                            "a read from %d of %d records in %d bytes"
                                    .formatted(fromIndex, recordsMax, bytesMax)));
        }
        var log = shards.log(shard);
        if (log.isLoaded() && !log.isDeleted()) {
            var bounds = log.bounds();
            long from = Math.max(fromIndex, bounds.firstIndex());
            var slices = slices(log, bounds, from, recordsMax, bytesMax);
            if (log.readCached(from, slices, bytesMax)) {
                return CompletableFuture.completedFuture(slices.result());
            }
        }
        return cold(
                log,
                () -> {
                    parts.manifests().load(log);
                    expire(log);
                    var bounds = log.bounds();
                    long from = Math.max(fromIndex, bounds.firstIndex());
                    var slices = slices(log, bounds, from, recordsMax, bytesMax);
                    parts.coldReader().read(log, from, slices, bytesMax);
                    return slices.result();
                });
    }

    CompletableFuture<Long> indexAt(ShardKey shard, long arrivalMs) {
        var log = shards.log(shard);
        return cold(
                log,
                () -> {
                    parts.manifests().load(log);
                    expire(log);
                    long index = parts.coldReader().indexAt(log, arrivalMs);
                    return Math.max(index, log.bounds().firstIndex());
                });
    }

    CompletableFuture<ShardBounds> bounds(ShardKey shard) {
        var log = shards.log(shard);
        return log.isLoaded() && !log.isDeleted() && !hasExpired(log)
                ? CompletableFuture.completedFuture(log.bounds())
                : cold(
                        log,
                        () -> {
                            parts.manifests().load(log);
                            expire(log);
                            return log.bounds();
                        });
    }

    /** Moves the first index up over what has passed retention. */
    void expire(ShardLog log) throws IOException {
        if (hasExpired(log)) {
            long cutoff = shards.cutoffMs(log);
            log.expireBelow(parts.coldReader().indexAt(log, cutoff), cutoff);
        }
    }

    /** To the second: looking into a segment for each millisecond would cost reads. */
    private boolean hasExpired(ShardLog log) {
        long cutoff = shards.cutoffMs(log);
        return cutoff != Long.MIN_VALUE && log.firstKeptArrivalMs() < cutoff - EXPIRY_GRAIN_MS;
    }

    private Slices slices(
            ShardLog log, ShardBounds bounds, long from, int recordsMax, int bytesMax) {
        return new Slices(bounds, from, recordsMax, bytesMax, shards.cutoffMs(log));
    }

    private <T> CompletableFuture<T> cold(ShardLog log, Task<T> task) {
        if (shards.isElsewhere(log.key)) {
            return CompletableFuture.failedFuture(LocalShards.elsewhere(log.key));
        }
        var answer = new CompletableFuture<T>();
        try {
            parts.coldReads()
                    .execute(() -> {
                        try {
                            if (log.isDeleted()) {
                                throw log.refusal();
                            }
                            answer.complete(task.run());
                        } catch (IOException | RuntimeException | OutOfMemoryError e) {
                            answer.completeExceptionally(shards.failed(log, e));
                        }
                    });
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(
                    new RefusedException(
                            ErrorCode.THROUGHPUT_EXCEEDED, "too many reads from disk wait", e));
        }
        return answer;
    }
}
