package io.headrace.acceptance.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.Distribution;
import io.headrace.acceptance.Tools;
import io.headrace.testkit.HeadraceNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
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
        try (var disk = Disk.mount(directory, fileSystem);
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

    /** A file system of its own in a file. */
    private static final class Disk implements AutoCloseable {
        private final Path image;
        private final Path mountPoint;

        private Disk(Path image, Path mountPoint) {
            this.image = image;
            this.mountPoint = mountPoint;
        }

        static Disk mount(Path directory, String fileSystem)
                throws IOException, InterruptedException {
            var maker = "mkfs." + fileSystem;
            Tools.require(maker, "xfs_io", "mount", "umount");
            var image = directory.resolve("disk");
            try (var file = new RandomAccessFile(image.toFile(), "rw")) {
                file.setLength(DISK_BYTES);
            }
            assertThat(Tools.run(maker, "-q", image.toString()).status()).isZero();
            var disk = new Disk(image, Files.createDirectory(directory.resolve("mounted")));
            var mounted = disk.mount();
            Assumptions.assumeTrue(
                    mounted.status() == 0, "skipped: no loop mount here: " + mounted.output());
            return disk;
        }

        private Tools.Outcome mount() throws IOException, InterruptedException {
            return Tools.run("mount", "-o", "loop", image.toString(), mountPoint.toString());
        }

        Path mountPoint() {
            return mountPoint;
        }

        void cutPower(HeadraceNode node) throws IOException, InterruptedException {
            var cut = Tools.run("xfs_io", "-x", "-c", "shutdown", mountPoint.toString());
            node.kill();
            assertThat(cut.status()).as(cut.output()).isZero();
        }

        void remount() throws IOException, InterruptedException {
            unmount();
            var mounted = mount();
            assertThat(mounted.status()).as(mounted.output()).isZero();
        }

        private void unmount() throws IOException, InterruptedException {
            var unmounted = Tools.run("umount", mountPoint.toString());
            assertThat(unmounted.status()).as(unmounted.output()).isZero();
        }

        @Override
        public void close() throws IOException {
            try {
                unmount();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }
    }
}
