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
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/** Reads shards with GetRecords on raw connections, one a shard, without parsing a record. */
final class ReadLoad implements AutoCloseable {
    private static final int RECORDS_MAX = 10_000;
    private static final long IDLE_MS = 5;
    private static final long LATENCY_NANOS_MAX = TimeUnit.MINUTES.toNanos(5);

    private final BenchOptions options;
    private final RequestSigner signer;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<?>> readers = new ArrayList<>();
    private final LongAdder records = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder requests = new LongAdder();
    private final Recorder latencies = new Recorder(LATENCY_NANOS_MAX, 3);
    private volatile boolean stopped;

    ReadLoad(BenchOptions options) {
        this.options = options;
        this.signer = new RequestSigner(options.endpoint);
    }

    /**
     * Starts a reader for each iterator.
     *
     * @param endWhenCaughtUp whether a reader ends at the end of its shard or waits for more
     */
    void start(List<String> iterators, boolean endWhenCaughtUp) {
        for (var iterator : iterators) {
            readers.add(threads.submit(() -> read(iterator, endWhenCaughtUp)));
        }
    }

    /** Returns when all readers have ended. */
    void join() throws InterruptedException {
        for (var reader : readers) {
            try {
                reader.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("a reader failed: " + e.getCause(), e.getCause());
            }
        }
    }

    void stop() throws InterruptedException {
        stopped = true;
        join();
    }

    void reset() {
        records.reset();
        bytes.reset();
        requests.reset();
        latencies.reset();
    }

    long records() {
        return records.sum();
    }

    long bytes() {
        return bytes.sum();
    }

    long requests() {
        return requests.sum();
    }

    Histogram latencies() {
        return latencies.getIntervalHistogram();
    }

    private @Nullable Void read(String first, boolean endWhenCaughtUp)
            throws IOException, InterruptedException {
        String iterator = first;
        try (var connection = new LoadConnection(signer.endpoint())) {
            while (iterator != null && !stopped) {
                var body = options.wire.getRecords(iterator, RECORDS_MAX);
                var head = signer.head(options.wire, "GetRecords", body);
                long begin = System.nanoTime();
                int status =
                        connection.exchange(
                                PreparedRequest.direct(head), PreparedRequest.direct(body));
                latencies.recordValue(Math.clamp(System.nanoTime() - begin, 0, LATENCY_NANOS_MAX));
                if (status != 200) {
                    throw new IOException("status " + status + ": " + connection.bodyText());
                }
                var answer = connection.bodyBuffer();
                int from = connection.bodyStart();
                int end = connection.bodyEnd();
                int read = Answer.records(answer, from, end);
                records.add(read);
                bytes.add(end - from);
                requests.increment();
                iterator = Answer.nextIterator(options.wire, answer, from, end);
                boolean caughtUp = Answer.millisBehind(options.wire, answer, from, end) == 0;
                if (caughtUp && endWhenCaughtUp) {
                    return null;
                }
                if (read == 0) {
                    Thread.sleep(IDLE_MS);
                }
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
