package io.headrace.store.stream;

import io.headrace.store.HashKey;
import io.headrace.store.HashRange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The arithmetic of splitting and merging. A reshape goes in rounds: each takes every split or
 * merge whose parents are open and not taken by another of the round; the parents are closed, then
 * one change of the state ends them and opens their children. Splits go first, so the key space is
 * never on fewer shards than it will be.
 */
final class Reshaping {
    private Reshaping() {}

    /** Parents that end together with children that begin. */
    sealed interface Step {
        List<ShardState> parents();

        /** Ranges of the children, by key. */
        List<HashRange> ranges();
    }

    record Split(ShardState parent, HashKey at) implements Step {
        @Override
        public List<ShardState> parents() {
            return List.of(parent);
        }

        @Override
        public List<HashRange> ranges() {
            return List.of(
                    new HashRange(parent.range().start(), at.previous()),
                    new HashRange(at, parent.range().end()));
        }
    }

    record Merge(ShardState lower, ShardState upper) implements Step {
        @Override
        public List<ShardState> parents() {
            return List.of(lower, upper);
        }

        @Override
        public List<HashRange> ranges() {
            return List.of(new HashRange(lower.range().start(), upper.range().end()));
        }
    }

    /** What makes these shards {@code target} even ones. */
    static Transition.Reshape uniform(ShardMap shards, int target, long dueMs) {
        Set<HashKey> now = new TreeSet<>();
        shards.open().forEach(shard -> now.add(shard.range().start()));
        Set<HashKey> then = new TreeSet<>();
        HashRange.even(target).forEach(range -> then.add(range.start()));
        var splitAt = then.stream().filter(key -> !now.contains(key)).toList();
        var mergeAt = now.stream().filter(key -> !then.contains(key)).toList();
        return new Transition.Reshape(dueMs, splitAt, mergeAt);
    }

    /** The next round; empty when the reshape is done. */
    static List<Step> round(ShardMap shards, Transition.Reshape reshape) {
        var taken = new HashSet<Integer>();
        var steps = new ArrayList<Step>();
        for (var at : reshape.splitAt()) {
            var shard = shards.openAt(at);
            if (!shard.range().start().equals(at) && taken.add(shard.number())) {
                steps.add(new Split(shard, at));
            }
        }
        if (!steps.isEmpty()) {
            return steps;
        }
        for (var at : reshape.mergeAt()) {
            var upper = shards.openAt(at);
            if (!upper.range().start().equals(at) || at.equals(HashKey.MIN)) {
                continue;
            }
            var lower = shards.openAt(at.previous());
            if (!taken.contains(lower.number()) && taken.add(upper.number())) {
                taken.add(lower.number());
                steps.add(new Merge(lower, upper));
            }
        }
        return steps;
    }

    /**
     * The shards after a round.
     *
     * @param ends end index of each parent, by number
     */
    static ShardMap apply(ShardMap shards, List<Step> round, Map<Integer, Long> ends, long nowMs) {
        Map<Integer, ShardState> result =
                shards.all().stream().collect(Collectors.toMap(ShardState::number, s -> s));
        int next = shards.nextNumber();
        for (var step : round) {
            // The clock may have gone back since the parents began.
            long at = nowMs;
            long created = nowMs / 1000;
            for (var parent : step.parents()) {
                at = Math.max(at, parent.openedMs());
                created = Math.max(created, parent.createdSeconds() + 1);
            }
            for (var parent : step.parents()) {
                long end = Objects.requireNonNull(ends.get(parent.number()));
                result.put(parent.number(), parent.close(end, at));
            }
            for (var range : step.ranges()) {
                result.put(next, child(next, step, range, created, at));
                next++;
            }
        }
        return ShardMap.of(List.copyOf(result.values()), shards.dropped());
    }

    private static ShardState child(int number, Step step, HashRange range, long created, long at) {
        var parents = step.parents();
        return new ShardState(
                number,
                OptionalInt.of(parents.getFirst().number()),
                parents.size() > 1 ? OptionalInt.of(parents.get(1).number()) : OptionalInt.empty(),
                range,
                created,
                at,
                OptionalLong.empty(),
                0);
    }
}
