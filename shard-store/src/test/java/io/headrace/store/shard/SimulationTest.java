package io.headrace.store.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Seeded runs of the whole log; {@link SimulationRuns} does as many as wanted. */
@Timeout(120)
class SimulationTest {
    private static final int SEEDS = 220;
    static final int STEPS = 1500;

    /** Found by a longer run: each was red once. */
    private static final long[] LEARNED = {278, 296, 102_674};

    static LongStream seeds() {
        return LongStream.concat(LongStream.of(LEARNED), LongStream.range(0, SEEDS));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyPromiseIsKept(long seed) throws IOException {
        new Simulation(seed, Mutation.NONE).run(STEPS);
    }

    @Test
    void theSameSeedGivesTheSameBytes() throws IOException {
        for (long seed = 1000; seed < 1010; seed++) {
            var first = new Simulation(seed, Mutation.NONE).run(STEPS);
            assertThat(new Simulation(seed, Mutation.NONE).run(STEPS)).isEqualTo(first);
        }
    }

    @Test
    void theRunsReachWhatTheyAreFor() throws IOException {
        int restarts = 0;
        int fences = 0;
        int segments = 0;
        int lists = 0;
        int acknowledged = 0;
        int sealed = 0;
        for (long seed = 0; seed < 30; seed++) {
            var outcome = new Simulation(seed, Mutation.NONE).run(STEPS);
            restarts += outcome.restarts();
            fences += outcome.fences();
            segments += outcome.segments();
            lists += outcome.lists();
            acknowledged += outcome.acknowledged();
            sealed += outcome.sealedBlocks();
        }
        assertThat(restarts).isGreaterThan(100);
        assertThat(fences).isGreaterThan(30);
        assertThat(segments).isGreaterThan(100);
        assertThat(lists).isGreaterThan(30);
        assertThat(acknowledged).isGreaterThan(2000);
        // Many times a reservation.
        assertThat(sealed).isGreaterThan(500);
    }
}
