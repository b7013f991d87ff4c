package io.headrace.acceptance.crash;

import io.headrace.acceptance.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A file system of a few megabytes in memory, which can be filled up and freed again. */
final class SmallDisk implements AutoCloseable {
    private static final int BLOCK = 4 << 10;

    private final Path mountPoint;

    private SmallDisk(Path mountPoint) {
        this.mountPoint = mountPoint;
    }

    /** Empty if nothing can be mounted here. */
    static Optional<SmallDisk> mount(Path mountPoint, int megabytes)
            throws IOException, InterruptedException {
        Files.createDirectories(mountPoint);
        var size = "size=" + megabytes + "m";
        var outcome = Tools.run("mount", "-t", "tmpfs", "-o", size, "tmpfs", mountPoint.toString());
        return outcome.status() == 0 ? Optional.of(new SmallDisk(mountPoint)) : Optional.empty();
    }

    /** Takes what is free, to the last block. */
    void fill() throws IOException {
        try (var out = Files.newOutputStream(filler())) {
            var block = new byte[BLOCK];
            while (Files.getFileStore(mountPoint).getUsableSpace() > 0) {
                out.write(block);
            }
        }
    }

    void free() throws IOException {
        Files.delete(filler());
    }

    private Path filler() {
        return mountPoint.resolve("filler");
    }

    /** To be called when nobody uses it. */
    @Override
    public void close() throws IOException {
        try {
            var outcome = Tools.run("umount", mountPoint.toString());
            if (outcome.status() != 0) {
                throw new IOException(outcome.output());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
