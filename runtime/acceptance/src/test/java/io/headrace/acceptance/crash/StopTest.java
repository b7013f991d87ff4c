package io.headrace.acceptance.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.Distribution;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM under load. */
class StopTest {
    private static final int ROUNDS = 3;
    private static final long SEED = 20_260_102;
    private static final int LOAD_MS_MAX = 900;
    private static final Duration STOP_MAX = Duration.ofSeconds(30);

    @BeforeAll
    static void needsANode() {
        Distribution.assumeBuilt();
    }

    @Test
    void aStopUnderLoadExitsWithZeroAndLosesNothing(@TempDir Path data) throws Exception {
        try (var stops = new CrashRounds(data, SEED)) {
            for (int round = 1; round <= ROUNDS; round++) {
                var problems =
                        stops.round(
                                LOAD_MS_MAX, node -> assertThat(node.terminate(STOP_MAX)).isZero());
                assertThat(problems).as("before round %d, seed %d", round, SEED).isEmpty();
            }
            assertThat(stops.checkFinally()).as("at the end, seed %d", SEED).isEmpty();
            assertThat(stops.history().acknowledged()).isGreaterThan(ROUNDS * 100);
        }
    }
}
