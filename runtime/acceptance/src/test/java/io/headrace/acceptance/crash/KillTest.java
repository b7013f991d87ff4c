package io.headrace.acceptance.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.Distribution;
import io.headrace.testkit.HeadraceNode;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} under load, again and again, on the same data. */
class KillTest {
    private static final int ROUNDS = 20;
    private static final long SEED = 20_260_101;
    private static final int LOAD_MS_MAX = 900;

    @BeforeAll
    static void needsANode() {
        Distribution.assumeBuilt();
    }

    @Test
    void nothingAcknowledgedOrReadIsEverLost(@TempDir Path data) throws Exception {
        try (var crashes = new CrashRounds(data, SEED)) {
            for (int round = 1; round <= ROUNDS; round++) {
                assertThat(crashes.round(LOAD_MS_MAX, HeadraceNode::kill))
                        .as("after crash %d, seed %d", round - 1, SEED)
                        .isEmpty();
            }
            assertThat(crashes.checkFinally()).as("at the end, seed %d", SEED).isEmpty();
            // A node that takes next to nothing could lose next to nothing.
            assertThat(crashes.history().acknowledged()).isGreaterThan(ROUNDS * 100);
            assertThat(crashes.history().read()).isGreaterThan(ROUNDS * 10);
            assertThat(crashes.segments()).as("segments of all shards").isGreaterThan(ROUNDS / 2);
        }
    }
}
