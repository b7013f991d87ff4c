package io.headrace.store;

import io.headrace.store.record.BlockCipher;
import io.headrace.store.record.RecordBatch;
import io.headrace.store.record.TestBlocks;
import io.headrace.store.shard.Retention;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Measures appends, every one synced, beside what the disk itself does: {@code AppendSpeed
 * <directory> <MiB> <batch bytes> <appends in flight> <shards>}.
 */
final class AppendSpeed {
    private static final int RECORD_BYTES = 1000;

    private final LongAdder syncs = new LongAdder();
    private final LongAdder syncNanos = new LongAdder();

    private AppendSpeed() {}

    public static void main(String[] args) throws Exception {
        var directory = Path.of(args[0]);
        long bytes = Long.parseLong(args[1]) << 20;
        int batchBytes = Integer.parseInt(args[2]);
        int inFlight = Integer.parseInt(args[3]);
        int shards = Integer.parseInt(args[4]);
        System.out.printf("disk, 1 MiB writes, each synced: %.0f MB/s%n", diskSpeed(directory));
        new AppendSpeed().run(directory, bytes, batchBytes, inFlight, shards);
    }

    private void run(Path directory, long bytes, int batchBytes, int inFlight, int shards)
            throws Exception {
        var settings =
                StoreSettings.of(directory.resolve("store"), Runtime.getRuntime().maxMemory());
        var random = new Random(1);
        var data = new byte[Math.max(1, batchBytes / RECORD_BYTES)][];
        for (int i = 0; i < data.length; i++) {
            data[i] = TestBlocks.clicks(random, Math.min(batchBytes, RECORD_BYTES));
        }
        RecordBatch batch = TestBlocks.batch(data);
        int warmUp = (int) (bytes / 4 / batch.length());
        int measured = (int) (bytes / batch.length());
        try (var store =
                ShardStore.open(
                        settings,
                        new ShardStore.Seams(
                                Retention.FOREVER,
                                _ -> BlockCipher.PLAIN,
                                InstantSource.system(),
                                System::nanoTime,
                                new Random(),
                                new Counting()))) {
            append(store, batch, warmUp, inFlight, shards);
            syncs.reset();
            syncNanos.reset();
            long start = System.nanoTime();
            var latencies = append(store, batch, measured, inFlight, shards);
            double seconds = (System.nanoTime() - start) / 1e9;
            Arrays.sort(latencies);
            System.out.printf(
                    "appends of %d bytes, %d in flight, %d shards: %.0f MB/s, %.0f appends/s,"
                            + " p50 %.2f ms, p99 %.2f ms; %d syncs of %.2f ms%n",
                    batch.length(),
                    inFlight,
                    shards,
                    (double) measured * batch.length() / 1e6 / seconds,
                    measured / seconds,
                    latencies[measured / 2] / 1e6,
                    latencies[(int) (measured * 0.99)] / 1e6,
                    syncs.sum(),
                    syncNanos.sum() / 1e6 / Math.max(1, syncs.sum()));
        }
    }

    private static long[] append(
            ShardStore store, RecordBatch batch, int appends, int inFlight, int shards)
            throws InterruptedException {
        var permits = new Semaphore(inFlight);
        var latencies = new long[appends];
        var failures = new AtomicLong();
        for (int i = 0; i < appends; i++) {
            permits.acquire();
            int number = i;
            long start = System.nanoTime();
            var _ =
                    store.shards()
                            .append(new ShardKey(7, i % shards), batch)
                            .whenComplete((result, failure) -> {
                                latencies[number] = System.nanoTime() - start;
                                if (failure != null) {
                                    failures.incrementAndGet();
                                }
                                permits.release();
                            });
        }
        permits.acquire(inFlight);
        if (failures.get() > 0) {
            throw new IllegalStateException(failures + " appends failed");
        }
        return latencies;
    }

    private final class Counting implements StoreEvents {
        @Override
        public void committed(int blocks, int records, long bytes, long nanos) {
            syncs.increment();
            syncNanos.add(nanos);
        }

        @Override
        public void backgroundFailed(String what, Exception cause) {
            System.err.println(what + ": " + cause);
        }
    }

    private static double diskSpeed(Path directory) throws IOException {
        var file = Files.createTempFile(directory, "speed", ".tmp");
        var chunk = ByteBuffer.allocateDirect(1 << 20);
        int chunks = 256;
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            double best = 0;
            for (int pass = 0; pass < 3; pass++) {
                long start = System.nanoTime();
                for (int i = 0; i < chunks; i++) {
                    channel.write(chunk.clear(), (long) i << 20);
                    channel.force(false);
                }
                best = Math.max(best, chunks * 1.048576 / ((System.nanoTime() - start) / 1e9));
            }
            return best;
        } finally {
            Files.delete(file);
        }
    }
}
