package io.headrace.acceptance.crash;

import java.util.ArrayList;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

/**
 * Puts one thing after the other to one node of a cluster, and notes each acknowledgement. A record
 * is never sent again. After an attempt of which nobody knows what became of it, which may still
 * arrive, it goes on under another name, with an order of its own.
 */
final class ClusterProducer implements Runnable {
    private static final int BATCH_MAX = 20;

    /** While its node is away: as often as a client would look for it. */
    private static final long AWAY_MS = 50;

    private final String name;
    private final KinesisClient client;
    private final String stream;
    private final Supplier<String> keys;
    private final SplittableRandom random;
    private final History history;
    private final Acknowledgements acknowledgements;
    private final AtomicLong unknown = new AtomicLong();
    private volatile boolean stopped;
    private long number;
    private int incarnation;

    /**
     * @param client of its node; without retries
     * @param keys gives each record's partition key
     */
    ClusterProducer(
            String name,
            KinesisClient client,
            String stream,
            Supplier<String> keys,
            SplittableRandom random,
            History history,
            Acknowledgements acknowledgements) {
        this.name = name;
        this.client = client;
        this.stream = stream;
        this.keys = keys;
        this.random = random;
        this.history = history;
        this.acknowledgements = acknowledgements;
    }

    void stop() {
        stopped = true;
    }

    /** Requests of which nobody knows what became of them. */
    long unknown() {
        return unknown.get();
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                boolean isClear;
                try {
                    isClear = putSeveral();
                } catch (SdkException e) {
                    isClear = false;
                    Thread.sleep(AWAY_MS);
                }
                if (!isClear) {
                    unknown.incrementAndGet();
                    incarnation++;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** False if something of it may be stored or not. */
    private boolean putSeveral() {
        int count = 1 + random.nextInt(BATCH_MAX);
        var loads = new ArrayList<Load>(count);
        var entries = new ArrayList<PutRecordsRequestEntry>(count);
        for (int i = 0; i < count; i++) {
            var load = Load.next(name + "." + incarnation, ++number, random);
            loads.add(load);
            entries.add(
                    PutRecordsRequestEntry.builder()
                            .partitionKey(keys.get())
                            .data(SdkBytes.fromUtf8String(load.data()))
                            .build());
        }
        long began = System.nanoTime();
        var answer = client.putRecords(r -> r.streamName(stream).records(entries));
        boolean isClear = true;
        for (int i = 0; i < count; i++) {
            var result = answer.records().get(i);
            if (result.errorCode() == null) {
                history.acknowledge(result.shardId(), result.sequenceNumber(), loads.get(i).data());
                acknowledgements.note(result.shardId(), began);
            } else {
                isClear = false;
            }
        }
        return isClear;
    }
}
