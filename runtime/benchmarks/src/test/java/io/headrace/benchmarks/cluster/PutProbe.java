package io.headrace.benchmarks.cluster;

import io.headrace.objects.S3Server;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Has an eye on how long a PUT to the store takes, while other things happen. */
final class PutProbe implements AutoCloseable {
    private static final long EVERY_MS = 50;
    private static final int OBJECT_BYTES = 1_300;

    private final StorePuts puts;
    private final Samples tookMs = new Samples();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;

    PutProbe(S3Server store) throws IOException {
        puts = new StorePuts(store, "probe", OBJECT_BYTES);
        thread = Thread.ofPlatform().name("put-probe").start(this::run);
    }

    private void run() {
        try {
            while (!stop.await(EVERY_MS, TimeUnit.MILLISECONDS)) {
                try {
                    tookMs.add(puts.own() / 1e6);
                } catch (IOException e) {
                    // Told, since it would be felt by the nodes as well.
                    ClusterBench.say("a PUT failed: %s".formatted(e.getCause()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    Samples tookMs() {
        return tookMs;
    }

    @Override
    public void close() throws IOException {
        stop.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        puts.close();
    }
}
