package io.headrace.benchmarks.cluster;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;

/** Puts prepared requests over and over, a connection and a thread for each route. */
final class PutLoad implements AutoCloseable {
    private final LongAdder records = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<?>> producers = new ArrayList<>();
    private volatile boolean stopped;

    /** What goes to which node, in turns. */
    record Route(URI node, List<KinesisPuts.Prepared> puts) {
        Route {
            puts = List.copyOf(puts);
        }
    }

    PutLoad(List<Route> routes) {
        for (var route : routes) {
            producers.add(threads.submit(() -> produce(route)));
        }
    }

    private Void produce(Route route) throws IOException {
        while (!stopped) {
            try (var connection = new PutConnection(route.node())) {
                for (int i = 0; !stopped; i++) {
                    var put = route.puts().get(i % route.puts().size());
                    int taken = connection.put(put);
                    records.add(taken);
                    refused.add(put.records() - taken);
                }
            } catch (ConnectException e) {
                throw e;
            } catch (EOFException | SocketException e) {
                // A node that has no room for a body says so and closes.
                refused.add(route.puts().getFirst().records());
            }
        }
        return null;
    }

    /** Acknowledged so far. */
    long records() {
        return records.sum();
    }

    long refused() {
        return refused.sum();
    }

    /**
     * Lets time pass.
     *
     * @throws IllegalStateException if a producer failed
     */
    void await(double seconds) throws InterruptedException {
        Thread.sleep(Math.round(seconds * 1e3));
        for (var producer : producers) {
            if (producer.isDone()) {
                outcome(producer);
            }
        }
    }

    private static void outcome(Future<?> producer) throws InterruptedException {
        try {
            producer.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a producer failed", e.getCause());
        }
    }

    /** Waits for the answers to what was sent. */
    @Override
    public void close() {
        stopped = true;
        threads.close();
    }
}
