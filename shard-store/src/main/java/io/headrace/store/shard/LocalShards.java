package io.headrace.store.shard;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.StoreEvents;
import io.headrace.store.object.StoreFullException;
import io.headrace.store.record.BlockCipher;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.record.RecordBatch;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The shards of one node. Any thread may call; reads of what is in memory are answered at once, all
 * else on {@code background} threads, which may block.
 */
final class LocalShards implements Shards {
    private static final long EXPIRY_GRAIN_MS = 1000;

    private final ConcurrentHashMap<ShardKey, ShardLog> logs = new ConcurrentHashMap<>();

    /** The last that were deleted: what still comes for one must not begin it anew. */
    private final DeletedShards deleted = new DeletedShards();

    private final Parts parts;
    private volatile boolean refusing;

    /**
     * What it works with.
     *
     * @param coldReads runs reads from disk; refuses when too many are waiting
     * @param background runs claims and ends
     */
    record Parts(
            RequestQueue queue,
            CommitLane lane,
            Manifests manifests,
            TailCache tailCache,
            ColdReader coldReader,
            BlockCipher cipher,
            Retention retention,
            InstantSource clock,
            Executor coldReads,
            Executor background,
            StoreEvents events,
            int appendBytesMax) {}

    /** A piece of work that may fail as disks do. */
    private interface Task<T> {
        T run() throws IOException;
    }

    LocalShards(Parts parts) {
        this.parts = parts;
    }

    Collection<ShardLog> logs() {
        return logs.values();
    }

    ShardLog log(ShardKey shard) {
        var known = logs.get(shard);
        if (known == null) {
            known = logs.computeIfAbsent(shard, this::beginUnlessDeleted);
        }
        return known != null ? known : ShardLog.deleted(shard, parts.tailCache());
    }

    private @Nullable ShardLog beginUnlessDeleted(ShardKey shard) {
        return deleted.contains(shard) ? null : new ShardLog(shard, parts.tailCache());
    }

    @Override
    public CompletableFuture<AppendResult> append(ShardKey shard, RecordBatch batch) {
        if (batch.count() == 0 || batch.length() > parts.appendBytesMax()) {
            return CompletableFuture.failedFuture(
                    new RefusedException(
                            ErrorCode.INVALID_ARGUMENT,
                            "a batch of %d records in %d bytes; the most is %d bytes"
                                    .formatted(
                                            batch.count(),
                                            batch.length(),
                                            parts.appendBytesMax())));
        }
        if (refusing) {
            return CompletableFuture.failedFuture(
                    new RefusedException(ErrorCode.INTERNAL_FAILURE, "the store is closed"));
        }
        if (!parts.queue().reserve(batch.length())) {
            return CompletableFuture.failedFuture(
                    new RefusedException(
                            ErrorCode.THROUGHPUT_EXCEEDED, "too many appends are pending"));
        }
        var append = new Request.Append(log(shard), batch);
        admit(append);
        return append.answer();
    }

    /** From now on appends are refused: the store closes, or cannot go on. */
    void refuseAppends() {
        refusing = true;
    }

    /** Sends a request whose room is reserved on its way; also one that came back. */
    void admit(Request request) {
        var log = request.log();
        switch (log.gate.admit(request, parts.queue())) {
            case PASSED, WAITS -> {}
            case CLAIM -> parts.background().execute(() -> claim(log));
            case ENDED -> answer(request, new AppendResult.Closed());
            case DELETED -> request.refuse(deleted(log), parts.queue());
        }
    }

    @Override
    public CompletableFuture<ReadResult> read(
            ShardKey shard, long fromIndex, int recordsMax, int bytesMax) {
        if (fromIndex < 0 || recordsMax < 1 || bytesMax < 1) {
            return CompletableFuture.failedFuture(
                    new RefusedException(
                            ErrorCode.INVALID_ARGUMENT,
                            "a read from %d of %d records in %d bytes"
                                    .formatted(fromIndex, recordsMax, bytesMax)));
        }
        var log = log(shard);
        if (log.isDeleted()) {
            return CompletableFuture.failedFuture(deleted(log));
        }
        if (log.isLoaded()) {
            var bounds = log.bounds();
            long from = Math.max(fromIndex, bounds.firstIndex());
            var slices = slices(log, bounds, from, recordsMax, bytesMax);
            if (log.readCached(from, slices, bytesMax)) {
                try {
                    return CompletableFuture.completedFuture(readable(slices));
                } catch (RefusedException e) {
                    return CompletableFuture.failedFuture(e);
                }
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
                    return readable(slices);
                });
    }

    /** What was in memory in clear is given only while its key may be used, as what is on disk. */
    private ReadResult readable(Slices slices) {
        var result = slices.result();
        int asked = 0;
        for (var slice : result.slices()) {
            int key = slice.block().openedWith();
            if (key != asked) {
                parts.cipher().requireReadable(slice.block());
                asked = key;
            }
        }
        return result;
    }

    @Override
    public CompletableFuture<Long> indexAt(ShardKey shard, long arrivalMs) {
        var log = log(shard);
        return cold(
                log,
                () -> {
                    parts.manifests().load(log);
                    expire(log);
                    long index = parts.coldReader().indexAt(log, arrivalMs);
                    return Math.max(index, log.bounds().firstIndex());
                });
    }

    @Override
    public CompletableFuture<ShardBounds> bounds(ShardKey shard) {
        var log = log(shard);
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

    @Override
    public Registration onCommit(ShardKey shard, Runnable wakeUp) {
        var log = log(shard);
        var subscription = new Subscription(log, wakeUp);
        log.addListener(subscription);
        return subscription;
    }

    /** Equal only to itself: the same wakeUp may be registered twice. */
    private static final class Subscription implements Registration, Runnable {
        private final ShardLog log;
        private final Runnable wakeUp;

        Subscription(ShardLog log, Runnable wakeUp) {
            this.log = log;
            this.wakeUp = wakeUp;
        }

        @Override
        public void run() {
            wakeUp.run();
        }

        @Override
        public void close() {
            log.removeListener(this);
        }
    }

    @Override
    public CompletableFuture<ShardBounds> close(ShardKey shard) {
        var answer = new CompletableFuture<ShardBounds>();
        var log = log(shard);
        parts.background().execute(() -> beginEnd(log, answer));
        return answer;
    }

    @Override
    public CompletableFuture<Void> delete(ShardKey shard) {
        var log = log(shard);
        var refusal = deleted(log);
        log.gate.deleted().forEach(request -> request.refuse(refusal, parts.queue()));
        log.wakeListeners(parts.events());
        var answer = new CompletableFuture<Void>();
        parts.background()
                .execute(() -> {
                    try {
                        parts.manifests().remove(log);
                        // In this order: who finds it neither here nor there begins it.
                        deleted.add(shard);
                        logs.remove(shard, log);
                        answer.complete(null);
                    } catch (IOException | RuntimeException | OutOfMemoryError e) {
                        answer.completeExceptionally(refusalOf(e));
                    }
                });
        return answer;
    }

    /** Moves the first index up over what has passed retention. */
    void expire(ShardLog log) throws IOException {
        if (hasExpired(log)) {
            long cutoff = cutoffMs(log);
            log.expireBelow(parts.coldReader().indexAt(log, cutoff), cutoff);
        }
    }

    long cutoffMs(ShardLog log) {
        long keptMs = parts.retention().keptMs(log.key);
        long now = parts.clock().millis();
        return keptMs >= now ? Long.MIN_VALUE : now - keptMs;
    }

    /** To the second: looking into a segment for each millisecond would cost reads. */
    private boolean hasExpired(ShardLog log) {
        long cutoff = cutoffMs(log);
        return cutoff != Long.MIN_VALUE && log.firstKeptArrivalMs() < cutoff - EXPIRY_GRAIN_MS;
    }

    private Slices slices(
            ShardLog log, ShardBounds bounds, long from, int recordsMax, int bytesMax) {
        return new Slices(bounds, from, recordsMax, bytesMax, cutoffMs(log));
    }

    private void claim(ShardLog log) {
        ShardLog.Owner owner;
        try {
            parts.manifests().load(log);
            if (log.bounds().closed()) {
                log.gate.ended().forEach(this::admit);
                return;
            }
            parts.cipher().prepare(log.key);
            owner = parts.manifests().claim(log, parts.lane().journal());
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            var refusal = refusalOf(e);
            log.gate.claimFailed().forEach(request -> request.refuse(refusal, parts.queue()));
            return;
        }
        log.gate.claimed(owner, parts.queue());
    }

    private void beginEnd(ShardLog log, CompletableFuture<ShardBounds> answer) {
        try {
            parts.manifests().load(log);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            answer.completeExceptionally(refusalOf(e));
            return;
        }
        switch (log.gate.beginEnd()) {
            case BEGUN ->
                    parts.queue()
                            .push(
                                    new Request.End(
                                            log,
                                            () ->
                                                    parts.background()
                                                            .execute(() -> end(log, answer))));
            case ENDED -> answer.complete(log.bounds());
            case DELETED -> answer.completeExceptionally(deleted(log));
            case BUSY ->
                    log.gate.whenFree(
                            () -> parts.background().execute(() -> beginEnd(log, answer)));
        }
    }

    /** Everything before it is settled, and nothing comes after. */
    private void end(ShardLog log, CompletableFuture<ShardBounds> answer) {
        try {
            parts.manifests().end(log);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            log.gate.endFailed().forEach(this::admit);
            answer.completeExceptionally(refusalOf(e));
            return;
        }
        log.gate.ended().forEach(this::admit);
        log.wakeListeners(parts.events());
        answer.complete(log.bounds());
    }

    private <T> CompletableFuture<T> cold(ShardLog log, Task<T> task) {
        var answer = new CompletableFuture<T>();
        try {
            parts.coldReads()
                    .execute(() -> {
                        try {
                            if (log.isDeleted()) {
                                throw deleted(log);
                            }
                            answer.complete(task.run());
                        } catch (IOException | RuntimeException | OutOfMemoryError e) {
                            answer.completeExceptionally(refusalOf(e));
                        }
                    });
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(
                    new RefusedException(
                            ErrorCode.THROUGHPUT_EXCEEDED, "too many reads from disk wait", e));
        }
        return answer;
    }

    private void answer(Request request, AppendResult result) {
        switch (request) {
            case Request.Append append -> {
                parts.queue().giveBack(append.batch().length());
                append.answer().complete(result);
            }
            case Request.End end -> end.settled().run();
        }
    }

    private static RefusedException deleted(ShardLog log) {
        return new RefusedException(ErrorCode.RESOURCE_NOT_FOUND, log + " was deleted");
    }

    static RefusedException refusalOf(Throwable e) {
        return switch (e) {
            case RefusedException refused -> refused;
            case StoreFullException full ->
                    new RefusedException(ErrorCode.STORE_FULL, "the disk is full", full);
            case DamagedBlockException damaged ->
                    RefusedException.fault(String.valueOf(damaged.getMessage()), damaged);
            default -> RefusedException.fault(e.toString(), e);
        };
    }
}
