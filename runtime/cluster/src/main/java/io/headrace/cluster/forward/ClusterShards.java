package io.headrace.cluster.forward;

import io.headrace.cluster.hot.HotReads;
import io.headrace.cluster.wire.Message;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.Ticker;
import io.headrace.store.record.RecordBatch;
import io.headrace.store.shard.AppendResult;
import io.headrace.store.shard.ReadResult;
import io.headrace.store.shard.ShardBounds;
import io.headrace.store.shard.Shards;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Every shard of the cluster: those of this node at once, those of others by asking their owners.
 * Requests that nobody took wait and look for the owner again, for a bounded time; callers never
 * see a shard move. Any thread may call, and never waits.
 */
public final class ClusterShards implements Shards {
    private static final int LANES_MAX = 100_000;
    private static final long PAUSE_MS_MIN = 10;
    private static final long PAUSE_MS_MAX = 250;

    private final AppendLane.Parts parts;
    private final CommitWatches watches;
    private final @Nullable HotReads hot;
    private final ConcurrentHashMap<ShardKey, AppendLane> lanes = new ConcurrentHashMap<>();

    /**
     * @param local the shards of this node; refuses with {@code NOT_OWNER} what is not its
     */
    public ClusterShards(Routes routes, Shards local, Ticker ticker, ForwardSettings settings) {
        this(routes, local, ticker, settings, null);
    }

    /**
     * @param hot what serves reads before their owners are asked; null if nothing does
     */
    public ClusterShards(
            Routes routes,
            Shards local,
            Ticker ticker,
            ForwardSettings settings,
            @Nullable HotReads hot) {
        this.hot = hot;
        parts =
                new AppendLane.Parts(
                        routes,
                        local,
                        ticker,
                        settings,
                        new Budget(settings.bytes(), Integer.MAX_VALUE),
                        new ConcurrentHashMap<>(),
                        new AtomicLong());
        watches = new CommitWatches(routes, local, settings.lease());
    }

    @Override
    public CompletableFuture<AppendResult> append(ShardKey shard, RecordBatch batch) {
        var lane = lanes.get(shard);
        if (lane == null) {
            if (lanes.size() >= LANES_MAX) {
                lanes.values().removeIf(AppendLane::isIdle);
            }
            lane = lanes.computeIfAbsent(shard, key -> new AppendLane(key, parts));
        }
        return lane.append(batch);
    }

    @Override
    public CompletableFuture<ReadResult> read(
            ShardKey shard, long fromIndex, int recordsMax, int bytesMax) {
        int bytes = Math.min(bytesMax, parts.settings().readBytes());
        var reads = hot;
        if (reads == null || parts.routes().owner(shard).equals(parts.routes().self())) {
            return readAtOwner(shard, fromIndex, recordsMax, bytesMax, bytes);
        }
        return reads.read(shard, fromIndex, recordsMax, bytesMax)
                .thenCompose(found ->
                        found.map(CompletableFuture::completedFuture)
                                .orElseGet(() ->
                                        readAtOwner(shard, fromIndex, recordsMax, bytesMax, bytes)
                                                .whenComplete((result, failure) -> {
                                                    if (result != null) {
                                                        reads.learn(shard, result.bounds());
                                                    }
                                                })));
    }

    private CompletableFuture<ReadResult> readAtOwner(
            ShardKey shard, long fromIndex, int recordsMax, int bytesMax, int bytes) {
        return new Search<>(
                        shard,
                        () -> parts.local().read(shard, fromIndex, recordsMax, bytesMax),
                        new Message.Read(shard, fromIndex, recordsMax, bytes),
                        answer ->
                                answer instanceof Message.Records records ? records.result() : null,
                        Math.max(0, bytes))
                .begin();
    }

    @Override
    public CompletableFuture<Long> indexAt(ShardKey shard, long arrivalMs) {
        return new Search<>(
                        shard,
                        () -> parts.local().indexAt(shard, arrivalMs),
                        new Message.IndexAt(shard, arrivalMs),
                        answer -> answer instanceof Message.Index index ? index.index() : null,
                        0)
                .begin();
    }

    @Override
    public CompletableFuture<ShardBounds> bounds(ShardKey shard) {
        return new Search<>(
                        shard,
                        () -> parts.local().bounds(shard),
                        new Message.Bounds(shard),
                        ClusterShards::limits,
                        0)
                .begin();
    }

    @Override
    public Registration onCommit(ShardKey shard, Runnable wakeUp) {
        return watches.add(shard, wakeUp);
    }

    @Override
    public CompletableFuture<ShardBounds> close(ShardKey shard) {
        return new Search<>(
                        shard,
                        () -> parts.local().close(shard),
                        new Message.End(shard),
                        ClusterShards::limits,
                        0)
                .begin();
    }

    @Override
    public CompletableFuture<Void> delete(ShardKey shard) {
        return new Search<>(
                        shard,
                        () -> parts.local().delete(shard).thenApply(done -> true),
                        new Message.Delete(shard),
                        answer -> answer instanceof Message.Done ? true : null,
                        0)
                .begin()
                .thenAccept(done -> {
                    lanes.remove(shard);
                });
    }

    /** Shards may have moved: what waits for commits is told by their new owners. */
    public void placementChanged() {
        watches.placementChanged();
    }

    /** Another node says that there may be something new. */
    public void committed(Message.Committed message) {
        watches.committed(message.shards());
    }

    private static @Nullable ShardBounds limits(Message.Answer answer) {
        return answer instanceof Message.Limits limits ? limits.bounds() : null;
    }

    /** A request that may be done twice, until someone does it. */
    private final class Search<T> {
        private final ShardKey shard;
        private final Supplier<CompletableFuture<T>> local;
        private final Message.Question question;
        private final Function<Message.Answer, @Nullable T> result;
        private final int bytes;
        private final long deadlineNanos;
        private final CompletableFuture<T> answer = new CompletableFuture<>();
        private long pauseMs = PAUSE_MS_MIN;

        Search(
                ShardKey shard,
                Supplier<CompletableFuture<T>> local,
                Message.Question question,
                Function<Message.Answer, @Nullable T> result,
                int bytes) {
            this.shard = shard;
            this.local = local;
            this.question = question;
            this.result = result;
            this.bytes = bytes;
            this.deadlineNanos = parts.ticker().nanos() + parts.settings().routeMax().toNanos();
        }

        CompletableFuture<T> begin() {
            ask();
            return answer;
        }

        private void ask() {
            var owner = parts.routes().owner(shard);
            if (owner.equals(parts.routes().self())) {
                var _ = local.get().whenComplete(this::settle);
            } else {
                askOther(owner);
            }
        }

        private void askOther(UUID owner) {
            var budget = parts.peer(owner);
            if (!budget.reserve(bytes)) {
                again(
                        new RefusedException(
                                ErrorCode.THROUGHPUT_EXCEEDED,
                                "too much is under way to node " + owner));
                return;
            }
            var _ =
                    parts.routes()
                            .call(owner, question, parts.settings().answerMax().toMillis())
                            .thenApply(this::result)
                            .whenComplete((value, failure) -> budget.giveBack(bytes))
                            .whenComplete(this::settle);
        }

        private T result(Message.Answer received) {
            var value = result.apply(received);
            if (value == null) {
                throw new RefusedException(
                        ErrorCode.INTERNAL_FAILURE, question + " was answered " + received);
            }
            return value;
        }

        private void settle(@Nullable T value, @Nullable Throwable failure) {
            if (value != null) {
                answer.complete(value);
                return;
            }
            var cause =
                    failure == null
                            ? new RefusedException(ErrorCode.INTERNAL_FAILURE, "no answer")
                            : Failures.cause(failure);
            if (Failures.isElsewhere(cause) || Failures.isUnclear(cause)) {
                again(cause);
            } else {
                answer.completeExceptionally(Failures.refusal(cause));
            }
        }

        private void again(Throwable cause) {
            if (parts.ticker().nanos() - deadlineNanos >= 0) {
                answer.completeExceptionally(Failures.refusal(cause));
                return;
            }
            parts.routes().after(pauseMs, this::ask);
            pauseMs = Math.min(PAUSE_MS_MAX, pauseMs * 2);
        }
    }
}
