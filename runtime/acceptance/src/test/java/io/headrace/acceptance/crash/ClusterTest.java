package io.headrace.acceptance.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.Distribution;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes over one object store, each of which may die, stand still or leave. */
@Timeout(600)
class ClusterTest {
    private static final long SEED = 20_260_103;

    @BeforeAll
    static void needsANode() {
        Distribution.assumeBuilt();
    }

    @Test
    void nothingAcknowledgedOrReadIsEverLost(@TempDir Path work) throws Exception {
        try (var cluster = new ClusterRounds(work, 3, SEED)) {
            cluster.start();
            for (var nemesis : Nemesis.values()) {
                var refusal = cluster.refusal(nemesis);
                if (refusal.isEmpty()) {
                    cluster.strike(nemesis);
                } else {
                    System.out.println("left out: " + nemesis + " (" + refusal + ")");
                }
            }
            assertThat(cluster.check()).as("seed %d", SEED).isEmpty();
            // A cluster that takes next to nothing could lose next to nothing.
            assertThat(cluster.history().acknowledged()).isGreaterThan(500);
            assertThat(cluster.history().read()).isGreaterThan(500);
        }
    }
}
