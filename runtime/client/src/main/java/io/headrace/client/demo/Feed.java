package io.headrace.client.demo;

import io.headrace.client.clickstream.Clickstream;
import io.headrace.client.put.BatchingProducer;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

/** Puts clicks at a rate; one thread. */
final class Feed {
    private static final Duration TICK = Duration.ofMillis(50);

    private final Clickstream clicks;
    private final BatchingProducer producer;
    private final double clicksPerSecond;
    private final LongSupplier nanos;
    private volatile boolean stopped;

    Feed(
            Clickstream clicks,
            BatchingProducer producer,
            double clicksPerSecond,
            LongSupplier nanos) {
        this.clicks = clicks;
        this.producer = producer;
        this.clicksPerSecond = clicksPerSecond;
        this.nanos = nanos;
    }

    /** Returns when stopped and everything put is accepted. */
    void run() throws InterruptedException {
        long begin = nanos.getAsLong();
        long put = 0;
        while (!stopped) {
            long due = (long) ((nanos.getAsLong() - begin) / 1e9 * clicksPerSecond);
            while (put < due && !stopped) {
                var click = clicks.next();
                producer.put(
                        PutRecordsRequestEntry.builder()
                                .partitionKey(click.user())
                                .data(SdkBytes.fromUtf8String(click.json()))
                                .build());
                put++;
            }
            producer.finish();
            LockSupport.parkNanos(TICK.toNanos());
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        producer.finish();
    }

    void stop() {
        stopped = true;
    }

    long accepted() {
        return producer.totals().records();
    }
}
