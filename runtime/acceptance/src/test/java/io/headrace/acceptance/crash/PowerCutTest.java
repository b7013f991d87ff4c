package io.headrace.acceptance.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.Distribution;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The power goes under load: the node's file system is shut down in an instant, without writing
 * anything back, and keeps exactly what was synced.
 */
class PowerCutTest {
    private static final int ROUNDS = 4;
    private static final long SEED = 4711;
    private static final int LOAD_MS_MAX = 1_500;
    private static final long DISK_BYTES = 1L << 30;

    @BeforeAll
    static void needsANode() {
        Distribution.assumeBuilt();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs"})
    void nothingAcknowledgedIsLost(String fileSystem, @TempDir Path directory) throws Exception {
        try (var disk = LoopDisk.mount(directory, fileSystem, DISK_BYTES);
                var crashes = new CrashRounds(disk.mountPoint().resolve("data"), SEED)) {
            for (int round = 1; round <= ROUNDS; round++) {
                assertThat(crashes.round(LOAD_MS_MAX, disk::cutPower))
                        .as("after power cut %d, seed %d", round - 1, SEED)
                        .isEmpty();
                disk.remount();
            }
            assertThat(crashes.checkFinally()).as("at the end, seed %d", SEED).isEmpty();
            assertThat(crashes.history().acknowledged()).isGreaterThan(ROUNDS * 50);
            assertThat(crashes.segments()).as("segments of all shards").isPositive();
        }
    }
}
