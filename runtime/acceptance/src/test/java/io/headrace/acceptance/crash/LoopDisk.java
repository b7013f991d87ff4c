package io.headrace.acceptance.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.Tools;
import io.headrace.testkit.HeadraceNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** A file system of its own in a file. */
final class LoopDisk implements AutoCloseable {
    private final Path image;
    private final Path mountPoint;

    private LoopDisk(Path image, Path mountPoint) {
        this.image = image;
        this.mountPoint = mountPoint;
    }

    static LoopDisk mount(Path directory, String fileSystem, long bytes)
            throws IOException, InterruptedException {
        var maker = "mkfs." + fileSystem;
        Tools.require(maker, "xfs_io", "mount", "umount");
        var image = directory.resolve("disk");
        try (var file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(bytes);
        }
        assertThat(Tools.run(maker, "-q", image.toString()).status()).isZero();
        var disk = new LoopDisk(image, Files.createDirectory(directory.resolve("mounted")));
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
