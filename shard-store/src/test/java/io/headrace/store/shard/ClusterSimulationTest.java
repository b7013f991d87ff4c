package io.headrace.store.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.journal.Rule;
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

    /** {@code ClusterSimulationTest <first seed> <seeds> [<steps> [<rule without which>|trace]]} */
    public static void main(String[] args) {
        long first = Long.parseLong(args[0]);
        long count = Long.parseLong(args[1]);
        int steps = args.length > 2 ? Integer.parseInt(args[2]) : STEPS;
        boolean traced = args.length > 3 && args[3].equals("trace");
        var without = args.length > 3 && !traced ? Rule.valueOf(args[3]) : null;
        int failed = 0;
        for (long seed = first; seed < first + count; seed++) {
            var trace = traced ? Trace.to(System.out::println) : Trace.silent();
            try (var simulation = new ClusterSimulation(seed, without, trace)) {
                var outcome = simulation.run(steps);
                System.out.println(outcome);
            } catch (AssertionError | RuntimeException e) {
                failed++;
                System.out.println("seed " + seed + ": " + e + " " + e.getCause());
                if (traced) e.printStackTrace(System.out);
            }
        }
        System.out.println(count + " seeds, " + failed + " failed");
    }
}
