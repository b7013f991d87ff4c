package io.headrace.store.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.simulation.Trace;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Seeded runs of a cluster; {@link SimulationRuns} does as many as wanted. */
@Timeout(300)
class ClusterSimulationTest {
    private static final int SEEDS = 200;
    private static final int COPIED_SEEDS = 30;
    static final int STEPS = 5000;

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

    @Test
    void theRunsReachWhatTheyAreFor() {
        int acknowledged = 0;
        int restarts = 0;
        int fences = 0;
        int takeOvers = 0;
        int segments = 0;
        int trims = 0;
        int closed = 0;
        int late = 0;
        int removed = 0;
        for (long seed = 0; seed < 20; seed++) {
            var outcome = run(seed);
            acknowledged += outcome.acknowledged();
            restarts += outcome.restarts();
            fences += outcome.fences();
            takeOvers += outcome.takeOvers();
            segments += outcome.segments();
            trims += outcome.trims();
            closed += outcome.closed();
            late += outcome.late();
            removed += outcome.removed();
        }
        assertThat(acknowledged).isGreaterThan(300);
        assertThat(restarts).isGreaterThan(100);
        assertThat(fences).isGreaterThan(50);
        assertThat(takeOvers).isGreaterThan(300);
        assertThat(segments).isGreaterThan(60);
        assertThat(trims).isGreaterThan(40);
        assertThat(closed).isGreaterThan(10);
        assertThat(late).isGreaterThan(300);
        assertThat(removed).isGreaterThan(100);
    }

    @Test
    void copiesThatAreMadeMeanwhileAreWhole() {
        int copies = 0;
        int rounds = 0;
        for (long seed = 2000; seed < 2000 + COPIED_SEEDS; seed++) {
            try (var simulation = new ClusterSimulation(seed, null, Trace.silent())) {
                simulation.copier.work();
                simulation.run(STEPS);
                copies += simulation.copier.copies();
                rounds += simulation.copier.rounds();
            }
        }
        assertThat(copies).isGreaterThan(100);
        // Some were made while what they copied went away.
        assertThat(rounds).isGreaterThan(copies + 10);
    }

    private static ClusterOutcome run(long seed) {
        try (var simulation = new ClusterSimulation(seed, null, Trace.silent())) {
            return simulation.run(STEPS);
        }
    }
}
