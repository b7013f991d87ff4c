package io.headrace.benchmarks;

import io.headrace.store.file.AlignedBuffers;
import io.headrace.store.file.DiskFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What the disk can do, in the way the journal uses it: writes of one size into a file filled with
 * zeros before, a data sync after each; first through the page cache, then past it. Arguments:
 * directory, bytes of a write (a multiple of 4096), number of writes.
 */
public final class DiskLimit {
    private DiskLimit() {}

    /** Prints MB/s and the latency of write and sync. */
    public static void main(String[] args) throws IOException {
        var directory = Path.of(args[0]);
        int size = Integer.parseInt(args[1]);
        int writes = Integer.parseInt(args[2]);
        measure(directory, false, size, writes);
        if (DiskFile.isDirectPossible(directory)) {
            measure(directory, true, size, writes);
        }
    }

    private static void measure(Path directory, boolean direct, int size, int writes)
            throws IOException {
        var path = directory.resolve("disk-limit.tmp");
        try (var file =
                DiskFile.open(path, direct, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            fill(file, (long) size * writes);
            var nanos = new long[writes];
            // Random, since some disks make less of zeros.
            var random = new byte[size];
            new SplittableRandom(size).nextBytes(random);
            var block = AlignedBuffers.allocate(size).put(random);
            long begin = System.nanoTime();
            for (int i = 0; i < writes; i++) {
                long start = System.nanoTime();
                file.write(block.clear().putLong(0, i), (long) i * size);
                file.sync();
                nanos[i] = System.nanoTime() - start;
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            Arrays.sort(nanos);
            System.out.printf(
                    "{\"pageCache\":%b,\"writeBytes\":%d,\"mbPerSecond\":%.1f,\"p50Ms\":%.3f,\"p99Ms\":%.3f}%n",
                    !direct,
                    size,
                    (double) size * writes / seconds / 1e6,
                    nanos[writes / 2] / 1e6,
                    nanos[writes * 99 / 100] / 1e6);
        } finally {
            Files.deleteIfExists(path);
        }
    }

    private static void fill(DiskFile file, long bytes) throws IOException {
        var zeros = AlignedBuffers.allocate(1 << 20);
        for (long at = 0; at < bytes; at += zeros.limit()) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - at));
            file.write(zeros, at);
        }
        file.syncAll();
    }
}
