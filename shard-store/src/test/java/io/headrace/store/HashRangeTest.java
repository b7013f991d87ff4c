package io.headrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashRangeTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 1000, 10_000})
    void evenRangesCoverTheSpaceWithoutGaps(int count) {
        var ranges = HashRange.even(count);
        assertThat(ranges).hasSize(count);
        assertThat(ranges.getFirst().start()).isEqualTo(HashKey.MIN);
        assertThat(ranges.getLast().end()).isEqualTo(HashKey.MAX);
        for (int i = 1; i < count; i++) {
            assertThat(ranges.get(i - 1).touches(ranges.get(i))).isTrue();
            assertThat(ranges.get(i).touches(ranges.get(i - 1))).isFalse();
        }
    }

    /** As real streams of two and three shards show. */
    @Test
    void evenRangesAreKinesisOwn() {
        assertThat(HashRange.even(2).getFirst().end())
                .hasToString("170141183460469231731687303715884105727");
        assertThat(HashRange.even(3).get(1))
                .isEqualTo(
                        new HashRange(
                                HashKey.parse("113427455640312821154458202477256070485"),
                                HashKey.parse("226854911280625642308916404954512140969")));
    }

    @Test
    void bothEndsAreInside() {
        var range = new HashRange(new HashKey(0, 5), new HashKey(1, 0));
        assertThat(range.contains(new HashKey(0, 4))).isFalse();
        assertThat(range.contains(new HashKey(0, 5))).isTrue();
        assertThat(range.contains(new HashKey(0, -1))).isTrue();
        assertThat(range.contains(new HashKey(1, 0))).isTrue();
        assertThat(range.contains(new HashKey(1, 1))).isFalse();
    }

    @Test
    void noneAndBackwardsAreRefused() {
        assertThatThrownBy(() -> HashRange.even(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HashRange(HashKey.MAX, HashKey.MIN))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
