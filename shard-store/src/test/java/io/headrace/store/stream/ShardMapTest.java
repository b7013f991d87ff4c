package io.headrace.store.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.HashKey;
import io.headrace.store.HashRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardMapTest {
    @ParameterizedTest(name = "{0} shards")
    @ValueSource(ints = {1, 2, 3, 5, 64, 1000})
    void routesEveryKeyToTheShardWhoseRangeHoldsIt(int count) {
        checkRoutes(ShardMap.even(count, 0), new Random(count));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void routesAlsoWhereRangesAreUneven(long seed) {
        var random = new Random(seed);
        var keys = new TreeSet<HashKey>(List.of(HashKey.MIN));
        for (int i = 0; i < 1 + random.nextInt(50); i++) {
            long high = random.nextLong() >>> random.nextInt(64);
            keys.add(new HashKey(high, random.nextLong()));
            keys.add(new HashKey(high, random.nextLong()));
        }
        var starts = List.copyOf(keys);
        var shards = new ArrayList<ShardState>();
        for (int i = 0; i < starts.size(); i++) {
            var end = i + 1 < starts.size() ? starts.get(i + 1).previous() : HashKey.MAX;
            shards.add(ShardState.first(i, new HashRange(starts.get(i), end), 0));
        }
        checkRoutes(ShardMap.of(shards), random);
    }

    private static void checkRoutes(ShardMap map, Random random) {
        var keys = new ArrayList<HashKey>(List.of(HashKey.MIN, HashKey.MAX));
        for (int i = 0; i < 2_000; i++) {
            keys.add(new HashKey(random.nextLong(), random.nextLong()));
        }
        for (var shard : map.all()) {
            keys.add(shard.range().start());
            keys.add(shard.range().end());
        }
        for (var key : keys) {
            int number = map.shardFor(key.high(), key.low());
            assertThat(map.find(number).orElseThrow().range().contains(key))
                    .as("key %s to shard %d", key, number)
                    .isTrue();
            assertThat(map.numberAt(map.position(key.high(), key.low()))).isEqualTo(number);
            assertThat(map.openAt(key).number()).isEqualTo(number);
        }
    }

    @Test
    void tellsTheHalvesOfARangeApart() {
        var map = ShardMap.even(4, 0);
        for (int position = 0; position < 4; position++) {
            var range = map.open().get(position).range();
            long start = range.start().high();
            assertThat(map.isUpperHalf(position, start)).isFalse();
            assertThat(map.isUpperHalf(position, start + (1L << 61) - 2)).isFalse();
            assertThat(map.isUpperHalf(position, start + (1L << 61))).isTrue();
            assertThat(map.isUpperHalf(position, range.end().high())).isTrue();
        }
    }

    @Test
    void refusesShardsThatDoNotTileTheKeySpace() {
        var shards = new ArrayList<>(ShardMap.even(3, 0).all());
        shards.remove(1);
        assertThatThrownBy(() -> ShardMap.of(shards))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gap or overlap");
        assertThatThrownBy(() -> ShardMap.of(shards.subList(0, 1)))
                .hasMessageContaining("do not reach both ends");
    }
}
