package io.headrace.store.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.HashRange;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReshapingTest {
    @ParameterizedTest(name = "{0} to {1} shards leaves {2} in all")
    @CsvSource({"2, 4, 6", "4, 5, 15", "4, 2, 6", "1, 2, 3", "3, 3, 3", "8, 1, 15"})
    void scalesUniformlyThroughIntermediateShards(int from, int to, int total) {
        var before = ShardMap.even(from, 1_000);
        var after = run(before, Reshaping.uniform(before, to, 0), 50_000);
        assertThat(after.open().stream().map(ShardState::range).toList())
                .isEqualTo(HashRange.even(to));
        assertThat(after.all()).hasSize(total);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void keepsEveryPromiseWhateverTheClockDoes(long seed) {
        var random = new Random(seed);
        long now = 1_700_000_000_000L;
        var shards = ShardMap.even(1 + random.nextInt(6), now);
        for (int i = 0; i < 12; i++) {
            now += random.nextInt(5_000) - 2_000;
            shards = run(shards, Reshaping.uniform(shards, 1 + random.nextInt(20), 0), now);
            check(shards);
        }
    }

    @Test
    void aShardIsSplitAtSeveralKeysAtOnce() {
        var before = ShardMap.even(1, 0);
        var keys = HashRange.even(7).stream().skip(1).map(HashRange::start).toList();
        var after = run(before, new Transition.Reshape(0, keys, List.of()), 0);
        assertThat(after.open().stream().map(ShardState::range).toList())
                .isEqualTo(HashRange.even(7));
    }

    private static ShardMap run(ShardMap shards, Transition.Reshape reshape, long now) {
        var current = shards;
        for (int i = 0; i < 64; i++) {
            var round = Reshaping.round(current, reshape);
            if (round.isEmpty()) {
                return current;
            }
            var ends = new HashMap<Integer, Long>();
            round.forEach(step -> step.parents().forEach(one -> ends.put(one.number(), 10L)));
            current = Reshaping.apply(current, round, ends, now);
        }
        throw new AssertionError("no end after 64 rounds of " + reshape);
    }

    private static void check(ShardMap shards) {
        for (var shard : shards.all()) {
            if (shard.parent().isEmpty()) {
                continue;
            }
            var parent = shards.find(shard.parent().getAsInt()).orElseThrow();
            assertThat(parent.isOpen()).isFalse();
            assertThat(shard.createdSeconds()).isGreaterThan(parent.createdSeconds());
            assertThat(shard.openedMs()).isEqualTo(parent.closedMs());
            assertThat(shard.startingNumber()).isGreaterThan(parent.endingNumber().orElseThrow());
        }
        // At every moment the shards open at it cover the key space exactly once.
        for (var moment : shards.all()) {
            var open =
                    shards.all().stream()
                            .filter(one -> one.isOpenAt(moment.openedMs()))
                            .map(one -> one.range())
                            .sorted((one, other) -> one.start().compareTo(other.start()))
                            .toList();
            for (int i = 1; i < open.size(); i++) {
                assertThat(open.get(i - 1).touches(open.get(i))).isTrue();
            }
        }
    }
}
