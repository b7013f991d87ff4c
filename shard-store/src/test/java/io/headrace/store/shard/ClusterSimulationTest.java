package io.headrace.store.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.simulation.Trace;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Seeded runs of a cluster. */
@Timeout(300)
class ClusterSimulationTest {
    private static final int SEEDS = 200;
    private static final int STEPS = 5000;

    static LongStream seeds() {
        return LongStream.range(0, SEEDS);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyPromiseIsKept(long seed) {
        run(seed);
    }

    @Test
    void theSameSeedGivesTheSameBytes() {
        for (long seed = 1000; seed < 1005; seed++) {
            assertThat(run(seed)).isEqualTo(run(seed));
        }
    }

    private static ClusterOutcome run(long seed) {
        try (var simulation = new ClusterSimulation(seed, null, Trace.silent())) {
            return simulation.run(STEPS);
        }
    }
}
