package io.headrace.benchmarks.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SamplesTest {
    @Test
    void aPercentileIsAValueThatWasMeasured() {
        var samples = new Samples();
        for (int i = 100; i >= 1; i--) {
            samples.add(i);
        }
        assertThat(samples.median()).isEqualTo(50);
        assertThat(samples.percentile(99)).isEqualTo(99);
        assertThat(samples.max()).isEqualTo(100);
        assertThat(samples.percentile(0.1)).isEqualTo(1);
    }

    @Test
    void ofFewTheMedianIsTheLowerMiddle() {
        assertThat(Samples.of(7).median()).isEqualTo(7);
        assertThat(Samples.of(3, 1).median()).isEqualTo(1);
        assertThat(Samples.of(3, 9, 1).median()).isEqualTo(3);
    }

    @Test
    void joinsOthers() {
        var samples = Samples.of(1);
        samples.addAll(Samples.of(2, 3));
        assertThat(samples.size()).isEqualTo(3);
        assertThat(samples.max()).isEqualTo(3);
    }

    @Test
    void nothingMeasuredIsNoFigure() {
        assertThatThrownBy(() -> new Samples().median())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("nothing was measured");
        assertThatThrownBy(() -> Samples.of(1).percentile(0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
