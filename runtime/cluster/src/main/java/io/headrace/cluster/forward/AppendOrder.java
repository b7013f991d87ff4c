package io.headrace.cluster.forward;

import io.headrace.cluster.wire.Message;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.shard.AppendResult;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * What other nodes had this node append, by the numbers they gave: takes each append of a sender
 * and shard in order and once. A number that was seen before gets the answer that it got; one that
 * comes too early, or behind one that was refused, is refused too, so that no append overtakes
 * another. Bounded; what fell out of memory is answered as unknown, never appended again. Any
 * thread.
 */
final class AppendOrder {
    private record Lane(UUID sender, ShardKey shard) {}

    private static final class Seen {
        long generation;
        long nextSequence;
        boolean isBroken;
        final TreeMap<Long, CompletableFuture<AppendResult>> answers = new TreeMap<>();
    }

    private final int lanesMax;

    /** Least recently used first. */
    private final LinkedHashMap<Lane, Seen> lanes = new LinkedHashMap<>(16, 0.75f, true);

    /** By sender, up to which generation something may have been forgotten. */
    private final Map<UUID, Long> forgotten = new HashMap<>();

    AppendOrder(int lanesMax) {
        this.lanesMax = lanesMax;
    }

    synchronized CompletableFuture<AppendResult> take(
            UUID sender, Message.Append asked, Supplier<CompletableFuture<AppendResult>> append) {
        var lane = new Lane(sender, asked.shard());
        var seen = lanes.get(lane);
        if (seen == null || asked.generation() > seen.generation) {
            if (asked.generation() <= forgotten.getOrDefault(sender, 0L)) {
                return unknown(asked);
            }
            seen = begin(lane, asked.generation());
        }
        if (asked.generation() < seen.generation) {
            return elsewhere("a newer count of node " + sender + " has begun");
        }
        if (asked.sequence() < seen.nextSequence) {
            var answer = seen.answers.get(asked.sequence());
            return answer == null ? unknown(asked) : answer;
        }
        if (seen.isBroken || asked.sequence() > seen.nextSequence) {
            seen.isBroken = true;
            return elsewhere("an append before it did not arrive or was refused");
        }
        seen.nextSequence++;
        seen.answers.headMap(asked.settledBelow()).clear();
        var answer = append.get();
        seen.answers.put(asked.sequence(), answer);
        var count = seen;
        var _ =
                answer.whenComplete((result, failure) -> {
                    if (failure != null && Failures.isElsewhere(Failures.cause(failure))) {
                        markBroken(count, asked.generation());
                    }
                });
        return answer;
    }

    private synchronized void markBroken(Seen seen, long generation) {
        if (seen.generation == generation) {
            seen.isBroken = true;
        }
    }

    private Seen begin(Lane lane, long generation) {
        var seen = lanes.computeIfAbsent(lane, key -> new Seen());
        seen.generation = generation;
        seen.nextSequence = 0;
        seen.isBroken = false;
        seen.answers.clear();
        if (lanes.size() > lanesMax) {
            var eldest = lanes.pollFirstEntry();
            forgotten.merge(eldest.getKey().sender(), eldest.getValue().generation, Math::max);
        }
        return seen;
    }

    /** Senders that left the cluster do not come back under their id. */
    synchronized void forget(UUID sender) {
        lanes.keySet().removeIf(lane -> lane.sender().equals(sender));
        forgotten.remove(sender);
    }

    private static CompletableFuture<AppendResult> elsewhere(String reason) {
        return CompletableFuture.failedFuture(new RefusedException(ErrorCode.NOT_OWNER, reason));
    }

    private static CompletableFuture<AppendResult> unknown(Message.Append asked) {
        return CompletableFuture.failedFuture(
                new RefusedException(
                        ErrorCode.INTERNAL_FAILURE,
                        "the owner of %s does not remember append %d of count %d"
                                .formatted(asked.shard(), asked.sequence(), asked.generation())));
    }
}
