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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The shards of one node. Any thread may call; reads of what is in memory are answered at once, all
 * else on {@code background} threads, which may block.
 */
final class LocalShards implements Shards {
    private final ConcurrentHashMap<ShardKey, ShardLog> logs = new ConcurrentHashMap<>();

    /** The last that were deleted: what still comes for one must not begin it anew. */
    private final DeletedShards deleted = new DeletedShards();

    private final Parts parts;
    private final ShardReads reads;
    private volatile boolean refusing;

    /**
     * What it works with.
     *
     * @param coldReads runs reads from disk; refuses when too many are waiting
     * @param background runs claims and ends
     * @param sharing null if the store is this process's alone
     * @param locks makes what is held across calls of the store
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
            int appendBytesMax,
            @Nullable Sharing sharing,
            Supplier<Lock> locks) {}

    LocalShards(Parts parts) {
        this.parts = parts;
        this.reads = new ShardReads(parts, this);
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
        return deleted.contains(shard) ? null : begin(shard);
    }

    private ShardLog begin(ShardKey shard) {
        return new ShardLog(shard, parts.tailCache(), parts.locks().get());
    }

    /**
     * Lets go of a shard that another owns now, or may: what waits here finds the new owner, or
     * this node again.
     */
    void drop(ShardLog log) {
        log.holding.cut();
        forget(log);
    }

    private void forget(ShardLog log) {
        // First: whoever finds another log in its place takes the shard over from what is
        // published.
        log.drop();
        if (!logs.remove(log.key, log)) {
            return;
        }
        log.gate.deleted().forEach(this::readmit);
        if (!log.listeners.isEmpty()) {
            // Whoever waits for commits has to ask again where they are.
            var fresh = log(log.key);
            fresh.listeners.adopt(log.listeners);
            fresh.listeners.wake(fresh, parts.events());
        }
    }

    /**
     * On a shared store, once our journal has ended: everything that this process holds. What is
     * durable in that journal counts all the same.
     */
    void dropAll() {
        if (parts.sharing() != null) {
            logs.values().stream().filter(ShardLog::isLoaded).toList().forEach(this::forget);
        }
    }

    /** The shard if something of it is known here. */
    Optional<ShardLog> loaded(ShardKey shard) {
        return Optional.ofNullable(logs.get(shard)).filter(ShardLog::isLoaded);
    }

    /** Shards that this process holds. */
    List<ShardLog> held() {
        return logs.values().stream().filter(log -> log.holding.by().isPresent()).toList();
    }

    /** Sends a request of a shard that was dropped where the shard is now; nothing was stored. */
    private void readmit(Request request) {
        var log = request.log();
        switch (request) {
            case Request.End end -> end.settled().run();
            case Request.Append append -> {
                if (isElsewhere(log.key)) {
                    append.refuse(elsewhere(log.key), parts.queue());
                } else {
                    admit(new Request.Append(log(log.key), append.batch(), append.answer()));
                }
            }
        }
    }

    /** Whether another node is to be asked. What is held here is served here until it is let go. */
    boolean isElsewhere(ShardKey shard) {
        var sharing = parts.sharing();
        if (sharing == null || sharing.view().isHere(shard)) {
            return false;
        }
        var log = logs.get(shard);
        return log == null || !log.isLoaded();
    }

    static RefusedException elsewhere(ShardKey shard) {
        return new RefusedException(
                ErrorCode.NOT_OWNER, "shard " + shard + " is not here, as far as is known");
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
        if (isElsewhere(shard)) {
            return CompletableFuture.failedFuture(elsewhere(shard));
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
            case DELETED -> {
                if (log.holding.isDropped()) {
                    readmit(request);
                } else {
                    request.refuse(log.refusal(), parts.queue());
                }
            }
        }
    }

    @Override
    public CompletableFuture<ReadResult> read(
            ShardKey shard, long fromIndex, int recordsMax, int bytesMax) {
        return reads.read(shard, fromIndex, recordsMax, bytesMax);
    }

    @Override
    public CompletableFuture<Long> indexAt(ShardKey shard, long arrivalMs) {
        return reads.indexAt(shard, arrivalMs);
    }

    @Override
    public CompletableFuture<ShardBounds> bounds(ShardKey shard) {
        return reads.bounds(shard);
    }

    @Override
    public Registration onCommit(ShardKey shard, Runnable wakeUp) {
        var subscription = new Subscription(this, shard, wakeUp);
        var log = log(shard);
        log.listeners.add(subscription);
        if (log.holding.isDropped()) {
            log(shard).listeners.adopt(log.listeners);
        }
        return subscription;
    }

    /** Equal only to itself: the same wakeUp may be registered twice. */
    private static final class Subscription implements Registration, Runnable {
        private final LocalShards shards;
        private final ShardKey shard;
        private final Runnable wakeUp;

        Subscription(LocalShards shards, ShardKey shard, Runnable wakeUp) {
            this.shards = shards;
            this.shard = shard;
            this.wakeUp = wakeUp;
        }

        @Override
        public void run() {
            wakeUp.run();
        }

        @Override
        public void close() {
            // It went along when its shard was dropped and taken over again.
            shards.log(shard).listeners.remove(this);
        }
    }

    @Override
    public CompletableFuture<ShardBounds> close(ShardKey shard) {
        if (isElsewhere(shard)) {
            return CompletableFuture.failedFuture(elsewhere(shard));
        }
        var answer = new CompletableFuture<ShardBounds>();
        var log = log(shard);
        parts.background().execute(() -> beginEnd(log, answer));
        return answer;
    }

    @Override
    public CompletableFuture<Void> delete(ShardKey shard) {
        if (isElsewhere(shard)) {
            return CompletableFuture.failedFuture(elsewhere(shard));
        }
        var log = log(shard);
        var refusal = log.refusal();
        log.gate.deleted().forEach(request -> request.refuse(refusal, parts.queue()));
        log.listeners.wake(log, parts.events());
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
                        answer.completeExceptionally(failed(log, e));
                    }
                });
        return answer;
    }

    long cutoffMs(ShardLog log) {
        long keptMs = parts.retention().keptMs(log.key);
        long now = parts.clock().millis();
        return keptMs >= now ? Long.MIN_VALUE : now - keptMs;
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
            if (parts.sharing() != null && !owner.journal().equals(parts.lane().journal())) {
                // Taken over for a journal that was ended meanwhile.
                drop(log);
                return;
            }
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            var refusal = failed(log, e);
            log.gate.claimFailed().forEach(request -> request.refuse(refusal, parts.queue()));
            return;
        }
        log.gate.claimed(owner, parts.queue());
    }

    private void beginEnd(ShardLog log, CompletableFuture<ShardBounds> answer) {
        try {
            parts.manifests().load(log);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            answer.completeExceptionally(failed(log, e));
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
            case DELETED -> answer.completeExceptionally(log.refusal());
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
            if (parts.sharing() != null && log.isManifestUnclear()) {
                // Perhaps it ends later: only who takes it over finds out.
                drop(log);
            }
            log.gate.endFailed().forEach(this::admit);
            answer.completeExceptionally(failed(log, e));
            return;
        }
        log.gate.ended().forEach(this::admit);
        log.listeners.wake(log, parts.events());
        answer.complete(log.bounds());
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

    /** Why something failed, after a look whether the shard is still ours. */
    RefusedException failed(ShardLog log, Throwable e) {
        if (parts.sharing() != null && (e instanceof IOException || log.holding.isLost())) {
            dropIfLost(log);
        }
        return log.holding.isDropped() ? log.refusal() : refusalOf(e);
    }

    private void dropIfLost(ShardLog log) {
        try {
            if (log.holding.isLost() || parts.manifests().isOutdated(log)) {
                drop(log);
            }
        } catch (IOException e) {
            parts.events().backgroundFailed("looking who owns " + log, e);
        }
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
