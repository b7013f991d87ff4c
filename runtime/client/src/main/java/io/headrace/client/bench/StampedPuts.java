package io.headrace.client.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** Puts single records at a rate, each stamped with the time it was due at. */
final class StampedPuts implements AutoCloseable {
    private static final int ENTRIES = 64;
    private static final long LATENCY_NANOS_MAX = TimeUnit.MINUTES.toNanos(5);

    private final BenchOptions options;
    private final double nanosPerRecord;
    private final RequestSigner signer;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final LongAdder records = new LongAdder();
    private final Recorder latencies = new Recorder(LATENCY_NANOS_MAX, 3);
    private List<Future<Void>> producers = List.of();
    private volatile boolean stopped;

    StampedPuts(BenchOptions options, double recordsPerSecond) {
        this.options = options;
        this.nanosPerRecord = 1e9 * options.connections / recordsPerSecond;
        this.signer = new RequestSigner(options.endpoint);
    }

    void start() {
        producers =
                IntStream.range(0, options.connections)
                        .mapToObj(index -> threads.submit(() -> produce(index)))
                        .toList();
    }

    void reset() {
        records.reset();
        latencies.reset();
    }

    long records() {
        return records.sum();
    }

    Histogram latencies() {
        return latencies.getIntervalHistogram();
    }

    void await(double seconds) throws InterruptedException {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() < end) {
            for (var producer : producers) {
                if (producer.isDone()) {
                    rethrow(producer);
                }
            }
            Thread.sleep(Math.clamp((end - System.nanoTime()) / 1_000_000, 1, 50));
        }
    }

    void stop() throws InterruptedException {
        stopped = true;
        for (var producer : producers) {
            rethrow(producer);
        }
    }

    private static void rethrow(Future<Void> producer) throws InterruptedException {
        try {
            producer.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a producer failed: " + e.getCause(), e.getCause());
        }
    }

    private Void produce(int index) throws IOException {
        var entries = options.payload.records(options.seed + index, ENTRIES, options.size);
        try (var connection = new LoadConnection(signer.endpoint())) {
            long begin = System.nanoTime() + (long) (nanosPerRecord * index / options.connections);
            for (long sent = 0; !stopped; sent++) {
                long due = begin + (long) (sent * nanosPerRecord);
                for (long ahead = due - System.nanoTime(); ahead > 0 && !stopped; ) {
                    LockSupport.parkNanos(ahead);
                    ahead = due - System.nanoTime();
                }
                var entry = entries.get((int) (sent % ENTRIES));
                ByteBuffer.wrap(entry.data()).putLong(due);
                var body = options.wire.putRecord(options.stream, entry);
                var head = signer.head(options.wire, "PutRecord", body);
                int status =
                        connection.exchange(
                                PreparedRequest.direct(head), PreparedRequest.direct(body));
                if (status != 200) {
                    throw new IOException("status " + status + ": " + connection.bodyText());
                }
                latencies.recordValue(Math.clamp(System.nanoTime() - due, 0, LATENCY_NANOS_MAX));
                records.increment();
            }
        }
        return null;
    }

    @Override
    public void close() {
        stopped = true;
        threads.shutdownNow();
    }
}
