package io.headrace.client.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Puts prepared requests over and over: closed-loop at full speed, or open-loop at a rate, where a
 * latency counts from when the request was due, so that a stall is felt by all it delays.
 */
final class PutLoad implements AutoCloseable {
    /** Distinct requests a connection: enough to differ, few enough to be prepared quickly. */
    private static final int REQUESTS_PREPARED = 4;

    private static final int SINGLE_REQUESTS_PREPARED = 256;
    private static final long LATENCY_NANOS_MAX = TimeUnit.MINUTES.toNanos(5);

    private final BenchOptions options;
    private final int batch;
    private final double recordsPerSecond;
    private final RequestSigner signer;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<?>> producers = new ArrayList<>();
    private final LongAdder records = new LongAdder();
    private final LongAdder requests = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final Recorder latencies = new Recorder(LATENCY_NANOS_MAX, 3);
    private volatile boolean stopped;

    /**
     * @param recordsPerSecond the rate in all, or 0 for as fast as it goes
     */
    PutLoad(BenchOptions options, int batch, double recordsPerSecond) {
        this.options = options;
        this.batch = batch;
        this.recordsPerSecond = recordsPerSecond;
        this.signer = new RequestSigner(options.endpoint);
    }

    void start() {
        for (int i = 0; i < options.connections; i++) {
            int index = i;
            producers.add(threads.submit(() -> produce(index)));
        }
    }

    /** Forgets what was counted: the warm-up is over. */
    void reset() {
        records.reset();
        requests.reset();
        refused.reset();
        latencies.reset();
    }

    long records() {
        return records.sum();
    }

    long requests() {
        return requests.sum();
    }

    long refused() {
        return refused.sum();
    }

    Histogram latencies() {
        return latencies.getIntervalHistogram();
    }

    /** Lets time pass while the load runs; a producer that failed ends the measurement. */
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

    private static void rethrow(Future<?> producer) throws InterruptedException {
        try {
            producer.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a producer failed: " + e.getCause(), e.getCause());
        }
    }

    private Void produce(int index) throws IOException {
        var prepared = prepare(index);
        double nanosPerRequest =
                recordsPerSecond <= 0 ? 0 : 1e9 * batch * options.connections / recordsPerSecond;
        try (var connection = new LoadConnection(signer.endpoint())) {
            long begin = System.nanoTime() + (long) (nanosPerRequest * index / options.connections);
            for (long sent = 0; !stopped; sent++) {
                long due =
                        nanosPerRequest == 0
                                ? System.nanoTime()
                                : waitUntil(begin + (long) (sent * nanosPerRequest));
                send(connection, prepared.get((int) (sent % prepared.size())), due);
            }
        }
        return null;
    }

    private List<PreparedRequest> prepare(int index) {
        boolean single = batch == 1;
        int count = single ? SINGLE_REQUESTS_PREPARED : REQUESTS_PREPARED;
        var prepared = new ArrayList<PreparedRequest>(count);
        for (int i = 0; i < count; i++) {
            long seed = options.seed + index * 1_000L + i;
            var entries = options.payload.records(seed, batch, options.size);
            var body =
                    single
                            ? options.wire.putRecord(options.stream, entries.getFirst())
                            : options.wire.putRecords(options.stream, entries);
            prepared.add(
                    new PreparedRequest(
                            signer, options.wire, single ? "PutRecord" : "PutRecords", body));
        }
        return prepared;
    }

    private long waitUntil(long due) {
        long ahead = due - System.nanoTime();
        while (ahead > 0 && !stopped) {
            LockSupport.parkNanos(ahead);
            ahead = due - System.nanoTime();
        }
        return due;
    }

    private void send(LoadConnection connection, PreparedRequest request, long due)
            throws IOException {
        int status = connection.exchange(request.head(System.nanoTime()), request.body());
        long nanos = System.nanoTime() - due;
        int failed = 0;
        if (status != 200) {
            if (!connection.bodyText().contains("ProvisionedThroughputExceeded")) {
                throw new IOException("status " + status + ": " + connection.bodyText());
            }
            failed = batch;
        } else if (batch > 1) {
            failed =
                    Answer.failedRecords(
                            options.wire,
                            connection.bodyBuffer(),
                            connection.bodyStart(),
                            connection.bodyEnd());
        }
        latencies.recordValue(Math.clamp(nanos, 0, LATENCY_NANOS_MAX));
        requests.increment();
        records.add(batch - failed);
        refused.add(failed);
    }

    void stop() throws InterruptedException {
        stopped = true;
        for (var producer : producers) {
            rethrow(producer);
        }
    }

    @Override
    public void close() {
        stopped = true;
        threads.shutdownNow();
    }
}
