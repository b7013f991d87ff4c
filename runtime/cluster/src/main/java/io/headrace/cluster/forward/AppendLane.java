package io.headrace.cluster.forward;

import io.headrace.cluster.wire.Message;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.Ticker;
import io.headrace.store.record.RecordBatch;
import io.headrace.store.shard.AppendResult;
import io.headrace.store.shard.Shards;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The appends of one shard on their way to its owner, in the order they were submitted. Many are
 * under way at once. If one comes back because nothing was stored, nothing more is sent until all
 * that are under way are settled; those that came back go first when the lane begins anew, maybe at
 * another owner. If nobody knows what became of one, the same owner is asked again under the same
 * number, by which it knows what it did.
 *
 * <p>Any thread may call. Whatever happens to the lane is an event, and one thread at a time, the
 * one that came first, works through the events; no lock is held meanwhile.
 */
final class AppendLane {
    /** The owner keeps an answer for each, in case it is asked for again. */
    private static final int SENT_MAX = 1024;

    private static final long PAUSE_MS_MIN = 10;
    private static final long PAUSE_MS_MAX = 250;
    private static final long REPEAT_MS = 200;

    /** What all lanes of a node share. */
    record Parts(
            Routes routes,
            Shards local,
            Ticker ticker,
            ForwardSettings settings,
            Budget total,
            ConcurrentHashMap<UUID, Budget> peers,
            AtomicLong generations) {
        Budget peer(UUID node) {
            return peers.computeIfAbsent(
                    node, id -> new Budget(settings.peerBytes(), settings.peerRequests()));
        }
    }

    private static final class Pending {
        final RecordBatch batch;
        final long deadlineNanos;
        final CompletableFuture<AppendResult> answer = new CompletableFuture<>();
        long sequence;
        boolean wasSent;
        boolean isUnclear;
        boolean isBack;
        boolean isDone;

        Pending(RecordBatch batch, long deadlineNanos) {
            this.batch = batch;
            this.deadlineNanos = deadlineNanos;
        }
    }

    private final ShardKey shard;
    private final Parts parts;
    private final ConcurrentLinkedQueue<Runnable> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger eventCount = new AtomicInteger();

    private final ArrayDeque<Pending> waiting = new ArrayDeque<>();
    private final ArrayDeque<Pending> sent = new ArrayDeque<>();
    private @Nullable UUID target;
    private long generation;
    private long nextSequence;
    private boolean isTurning;
    private boolean isPausing;
    private long pauseMs = PAUSE_MS_MIN;
    private String lastReason = "";

    AppendLane(ShardKey shard, Parts parts) {
        this.shard = shard;
        this.parts = parts;
    }

    CompletableFuture<AppendResult> append(RecordBatch batch) {
        if (!parts.total().reserve(batch.length())) {
            return CompletableFuture.failedFuture(
                    new RefusedException(
                            ErrorCode.THROUGHPUT_EXCEEDED, "too many appends are under way"));
        }
        long deadline = parts.ticker().nanos() + parts.settings().routeMax().toNanos();
        var pending = new Pending(batch, deadline);
        happen(() -> {
            waiting.add(pending);
            send();
        });
        return pending.answer;
    }

    /** Whether nothing is on its way; only a hint while others append. */
    boolean isIdle() {
        return eventCount.get() == 0 && waiting.isEmpty() && sent.isEmpty();
    }

    private void happen(Runnable event) {
        events.add(event);
        if (eventCount.getAndIncrement() == 0) {
            do {
                var next = events.poll();
                if (next != null) {
                    next.run();
                }
            } while (eventCount.decrementAndGet() != 0);
        }
    }

    private void send() {
        while (!isTurning && !isPausing && !waiting.isEmpty() && sent.size() < SENT_MAX) {
            var owner = parts.routes().owner(shard);
            if (!owner.equals(target)) {
                if (!sent.isEmpty()) {
                    return;
                }
                begin(owner);
            }
            var next = waiting.remove();
            boolean isHere = owner.equals(parts.routes().self());
            if (!isHere && !parts.peer(owner).reserve(next.batch.length())) {
                if (next.wasSent) {
                    waiting.addFirst(next);
                    pause();
                } else {
                    finish(
                            next,
                            null,
                            new RefusedException(
                                    ErrorCode.THROUGHPUT_EXCEEDED,
                                    "too much is under way to node " + owner));
                }
                continue;
            }
            next.sequence = nextSequence++;
            next.wasSent = true;
            next.isBack = false;
            sent.add(next);
            if (isHere) {
                var _ =
                        parts.local()
                                .append(shard, next.batch)
                                .whenComplete((result, failure) ->
                                        happen(() -> settle(next, result, failure)));
            } else {
                ask(owner, generation, next);
            }
        }
    }

    private void begin(UUID owner) {
        target = owner;
        generation = parts.generations().incrementAndGet();
        nextSequence = 0;
    }

    /** What was asked in an earlier generation is settled by then. */
    private void ask(UUID owner, long asked, Pending pending) {
        var first = sent.peek();
        long settledBelow = first == null ? pending.sequence : first.sequence;
        var _ =
                parts.routes()
                        .call(
                                owner,
                                new Message.Append(
                                        shard,
                                        asked,
                                        pending.sequence,
                                        settledBelow,
                                        pending.batch),
                                parts.settings().answerMax().toMillis())
                        .thenApply(AppendLane::result)
                        .whenComplete((result, failure) ->
                                happen(() -> settle(pending, result, failure)));
    }

    private static AppendResult result(Message.Answer answer) {
        if (answer instanceof Message.Appended appended) {
            return appended.result();
        }
        throw new RefusedException(ErrorCode.INTERNAL_FAILURE, "an append was answered " + answer);
    }

    private void settle(
            Pending pending, @Nullable AppendResult result, @Nullable Throwable failure) {
        var cause = failure == null ? null : Failures.cause(failure);
        if (cause == null) {
            pauseMs = PAUSE_MS_MIN;
            close(pending, result, null);
        } else if (Failures.isUnclear(cause)
                || (pending.isUnclear && Failures.isElsewhere(cause) && !isRefusal(cause))) {
            pending.isUnclear = true;
            askAgain(pending, cause);
        } else if (Failures.isElsewhere(cause)) {
            lastReason = String.valueOf(cause.getMessage());
            pending.isUnclear = false;
            pending.isBack = true;
            isTurning = true;
            giveBack(pending);
        } else {
            close(pending, null, Failures.refusal(cause));
        }
        turn();
        send();
    }

    private static boolean isRefusal(Throwable cause) {
        return cause instanceof RefusedException;
    }

    /** Only this owner can know; if it is gone, nobody does. */
    private void askAgain(Pending pending, Throwable cause) {
        var owner = target;
        if (owner == null
                || !parts.routes().isMember(owner)
                || parts.ticker().nanos() - pending.deadlineNanos >= 0) {
            close(
                    pending,
                    null,
                    new RefusedException(
                            ErrorCode.INTERNAL_FAILURE,
                            "nobody knows whether the append to %s was stored: %s"
                                    .formatted(shard, cause.getMessage()),
                            cause));
            return;
        }
        long asked = generation;
        parts.routes().after(REPEAT_MS, () -> happen(() -> ask(owner, asked, pending)));
    }

    /** Once all that were sent are settled, those that came back are to be sent first. */
    private void turn() {
        if (!isTurning || sent.stream().anyMatch(pending -> !pending.isDone && !pending.isBack)) {
            return;
        }
        isTurning = false;
        target = null;
        var back = new ArrayList<>(sent);
        sent.clear();
        for (var pending : back.reversed()) {
            if (!pending.isDone) {
                waiting.addFirst(pending);
            }
        }
        pause();
    }

    private void pause() {
        isPausing = true;
        parts.routes()
                .after(
                        pauseMs,
                        () ->
                                happen(() -> {
                                    isPausing = false;
                                    expire();
                                    send();
                                }));
        pauseMs = Math.min(PAUSE_MS_MAX, pauseMs * 2);
    }

    private void expire() {
        long now = parts.ticker().nanos();
        for (var first = waiting.peek();
                first != null && now - first.deadlineNanos >= 0;
                first = waiting.peek()) {
            waiting.remove();
            finish(
                    first,
                    null,
                    new RefusedException(
                            ErrorCode.INTERNAL_FAILURE,
                            "no node took the append to %s within %d s; nothing was stored; last: %s"
                                    .formatted(
                                            shard,
                                            TimeUnit.MILLISECONDS.toSeconds(
                                                    parts.settings().routeMax().toMillis()),
                                            lastReason)));
        }
    }

    /** Settles one that was sent. */
    private void close(
            Pending pending, @Nullable AppendResult result, @Nullable RefusedException refusal) {
        giveBack(pending);
        finish(pending, result, refusal);
        while (!sent.isEmpty() && sent.element().isDone) {
            sent.remove();
        }
    }

    private void giveBack(Pending pending) {
        var owner = target;
        if (owner != null && !owner.equals(parts.routes().self())) {
            parts.peer(owner).giveBack(pending.batch.length());
        }
    }

    private void finish(
            Pending pending, @Nullable AppendResult result, @Nullable RefusedException refusal) {
        pending.isDone = true;
        parts.total().giveBack(pending.batch.length());
        if (result != null) {
            pending.answer.complete(result);
        } else {
            pending.answer.completeExceptionally(
                    refusal != null
                            ? refusal
                            : new RefusedException(ErrorCode.INTERNAL_FAILURE, "no answer"));
        }
    }
}
