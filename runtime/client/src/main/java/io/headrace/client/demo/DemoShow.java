package io.headrace.client.demo;

import io.headrace.client.Pause;
import io.headrace.client.clickstream.Clickstream;
import io.headrace.client.put.BatchingProducer;
import io.headrace.client.tail.Follower;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/**
 * Feeds the stream, watches it, tells every second how it goes, and says at the end if all fits.
 */
final class DemoShow {
    private static final String CONSUMER = "demo";
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int CATCH_UP_SECONDS_MAX = 20;

    private final KinesisClient client;
    private final KinesisAsyncClient pushed;
    private final String stream;
    private final double rate;
    private final PrintWriter out;
    private final Watch watch = new Watch(InstantSource.system());
    private final Clickstream clicks;

    DemoShow(
            KinesisClient client,
            KinesisAsyncClient pushed,
            String stream,
            double rate,
            long seed,
            PrintWriter out) {
        this.client = client;
        this.pushed = pushed;
        this.stream = stream;
        this.rate = rate;
        this.out = out;
        this.clicks = new Clickstream(new SplittableRandom(seed), InstantSource.system().instant());
    }

    /**
     * Runs for so many seconds, or until interrupted if that is 0.
     *
     * @return whether the consumer got every click once and in order
     */
    boolean run(int seconds) throws InterruptedException {
        var limits = new BatchingProducer.Limits(500, 4_500_000, 4, true, 10);
        var producer =
                new BatchingProducer(
                        records -> client.putRecords(r -> r.streamName(stream).records(records)),
                        limits,
                        Pause.REAL,
                        totals -> {});
        var feed = new Feed(clicks, producer, rate, System::nanoTime);
        var follower = Follower.pushed(client, pushed, stream, CONSUMER);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            Future<?> following = threads.submit(() -> run(() -> follower.run(watch)));
            follower.awaitStarted();
            Future<?> feeding = threads.submit(() -> run(feed::run));
            boolean interrupted = tell(seconds, feed, feeding, following);
            feed.stop();
            if (!interrupted) {
                get(feeding);
                catchUp(feed);
            }
            watch.end();
            return summarize(feed, interrupted);
        } finally {
            threads.shutdownNow();
            threads.close();
        }
    }

    private interface Step {
        void run() throws InterruptedException;
    }

    private static void run(Step step) {
        try {
            step.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** True if it was interrupted. */
    private boolean tell(int seconds, Feed feed, Future<?> feeding, Future<?> following) {
        long putBefore = 0;
        long readBefore = 0;
        try {
            for (int second = 1; seconds == 0 || second <= seconds; second++) {
                Pause.REAL.sleep(SECOND);
                if (feeding.isDone() || following.isDone()) {
                    get(feeding.isDone() ? feeding : following);
                }
                long put = feed.accepted();
                long read = watch.records();
                out.printf(
                        "%4d s  put %,6d/s  read %,6d/s  after %d ms (p99 %d)  shards %d  visits"
                                + " %,d  orders %d  top %s%n",
                        second,
                        put - putBefore,
                        read - readBefore,
                        watch.delayMs(50),
                        watch.delayMs(99),
                        watch.shardsSeen(),
                        watch.visits(),
                        watch.orders(),
                        watch.topPages(3));
                out.flush();
                putBefore = put;
                readBefore = read;
            }
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }

    private void catchUp(Feed feed) throws InterruptedException {
        var step = Duration.ofMillis(50);
        for (long waited = 0;
                watch.records() < feed.accepted() && waited < CATCH_UP_SECONDS_MAX * 1000L;
                waited += step.toMillis()) {
            Pause.REAL.sleep(step);
        }
    }

    private boolean summarize(Feed feed, boolean interrupted) {
        long put = feed.accepted();
        long read = watch.records();
        boolean ordered = watch.outOfOrder() == 0;
        out.println();
        out.printf(
                "%,d clicks acknowledged, %,d read back, %,d orders worth %,.2f; every visit in"
                        + " order: %s%n",
                put, read, watch.orders(), watch.revenue(), ordered ? "yes" : "NO");
        out.flush();
        return ordered && (interrupted || put == read);
    }

    private static void get(Future<?> future) throws InterruptedException {
        try {
            future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause
                    ? cause
                    : new IllegalStateException(e.getCause());
        }
    }
}
