package io.headrace.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * What the disk can do, in the way the journal uses it: writes of one size into a file filled with
 * zeros before, a data sync after each. Arguments: directory, bytes of a write, number of writes.
 */
public final class DiskLimit {
    private DiskLimit() {}

    /** Prints MB/s and the latency of write and sync. */
    public static void main(String[] args) throws IOException {
        var file = Path.of(args[0], "disk-limit.tmp");
        int size = Integer.parseInt(args[1]);
        int writes = Integer.parseInt(args[2]);
        try (var channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            fill(channel, (long) size * writes);
            var nanos = new long[writes];
            var block = ByteBuffer.allocateDirect(size);
            long begin = System.nanoTime();
            for (int i = 0; i < writes; i++) {
                long start = System.nanoTime();
                block.clear().putLong(0, i);
                while (block.hasRemaining()) {
                    channel.write(block, (long) i * size + block.position());
                }
                channel.force(false);
                nanos[i] = System.nanoTime() - start;
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            Arrays.sort(nanos);
            System.out.printf(
                    "{\"writeBytes\":%d,\"mbPerSecond\":%.1f,\"p50Ms\":%.3f,\"p99Ms\":%.3f}%n",
                    size,
                    (double) size * writes / seconds / 1e6,
                    nanos[writes / 2] / 1e6,
                    nanos[writes * 99 / 100] / 1e6);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static void fill(FileChannel channel, long bytes) throws IOException {
        var zeros = ByteBuffer.allocateDirect(1 << 20);
        for (long at = 0; at < bytes; ) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - at));
            at += channel.write(zeros, at);
        }
        channel.force(true);
    }
}
