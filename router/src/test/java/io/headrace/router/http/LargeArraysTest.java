package io.headrace.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LargeArraysTest {
    private final LargeArrays arrays = new LargeArrays(1 << 20);

    @Test
    void anArrayIsUsedAgainForBodiesOfAboutItsLength() {
        var first = arrays.take(530_000);
        arrays.giveBack(first);

        assertThat(arrays.take(400_000)).hasSizeGreaterThanOrEqualTo(400_000).isNotSameAs(first);
        assertThat(arrays.take(527_123)).isSameAs(first);
        assertThat(arrays.take(527_123)).isNotSameAs(first);
    }

    @Test
    void smallAndVeryLargeOnesAreExactAndNotKept() {
        for (int bytes : new int[] {1000, LargeArrays.BYTES_MAX + 1}) {
            var array = arrays.take(bytes);
            assertThat(array).hasSize(bytes);
            arrays.giveBack(array);
            assertThat(arrays.take(bytes)).isNotSameAs(array);
        }
    }

    @Test
    void keepsNoMoreThanItsBound() {
        var taken = new byte[4][];
        for (int i = 0; i < taken.length; i++) {
            taken[i] = arrays.take(500_000);
        }
        for (var array : taken) {
            arrays.giveBack(array);
        }
        assertThat(arrays.take(500_000)).isSameAs(taken[1]);
        assertThat(arrays.take(500_000)).isSameAs(taken[0]);
        assertThat(arrays.take(500_000)).isNotSameAs(taken[2]).isNotSameAs(taken[3]);
    }
}
