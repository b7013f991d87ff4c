package io.headrace.benchmarks.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShardGapsTest {
    private final ShardGaps gaps = new ShardGaps();

    @Test
    void theLongestPauseMayHaveBegunBeforeTheMark() {
        gaps.acknowledged(0, 100);
        gaps.acknowledged(200, 900);
        gaps.mark(1_000);
        gaps.acknowledged(950, 1_200);
        gaps.acknowledged(1_210, 1_300);
        assertThat(gaps.longest()).isEqualTo(300);
    }

    @Test
    void whatWasSentBeforeTheMarkDoesNotShowThatAShardIsBack() {
        gaps.acknowledged(0, 100);
        gaps.mark(1_000);
        assertThat(gaps.back()).isEmpty();
        gaps.acknowledged(990, 1_010);
        assertThat(gaps.back()).isEmpty();
        gaps.acknowledged(1_011, 1_500);
        gaps.acknowledged(1_501, 1_600);
        assertThat(gaps.back()).hasValue(500);
    }

    @Test
    void anotherMarkBeginsAnew() {
        gaps.acknowledged(0, 100);
        gaps.mark(200);
        gaps.acknowledged(300, 900);
        gaps.mark(1_000);
        assertThat(gaps.back()).isEmpty();
        assertThat(gaps.longest()).isZero();
    }
}
