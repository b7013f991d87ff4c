package io.headrace.acceptance.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

/**
 * Puts one thing after the other to whatever node answers, and notes each acknowledgement. A record
 * is never sent again. After an attempt of which nobody knows what became of it, which may still
 * arrive, it goes on under another name, with an order of its own.
 */
final class ClusterProducer implements Runnable {
    private static final int BATCH_MAX = 20;
    private static final int KEYS = 16;

    private final String name;
    private final List<KinesisClient> clients;
    private final String stream;
    private final SplittableRandom random;
    private final History history;
    private final Consumer<String> acknowledged;
    private final AtomicLong unknown = new AtomicLong();
    private volatile boolean stopped;
    private long number;
    private int incarnation;

    /**
     * @param clients one for each node; without retries
     * @param acknowledged hears of the shard of every acknowledgement
     */
    ClusterProducer(
            String name,
            List<KinesisClient> clients,
            String stream,
            SplittableRandom random,
            History history,
            Consumer<String> acknowledged) {
        this.name = name;
        this.clients = clients;
        this.stream = stream;
        this.random = random;
        this.history = history;
        this.acknowledged = acknowledged;
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
        while (!stopped) {
            var client = clients.get(random.nextInt(clients.size()));
            try {
                putSeveral(client);
            } catch (SdkException e) {
                unknown.incrementAndGet();
                incarnation++;
            }
        }
    }

    private void putSeveral(KinesisClient client) {
        int count = 1 + random.nextInt(BATCH_MAX);
        var loads = new ArrayList<Load>(count);
        var entries = new ArrayList<PutRecordsRequestEntry>(count);
        for (int i = 0; i < count; i++) {
            var load = Load.next(name + "." + incarnation, ++number, random);
            loads.add(load);
            entries.add(
                    PutRecordsRequestEntry.builder()
                            .partitionKey(name + "-" + random.nextInt(KEYS))
                            .data(SdkBytes.fromUtf8String(load.data()))
                            .build());
        }
        var answer = client.putRecords(r -> r.streamName(stream).records(entries));
        boolean failed = false;
        for (int i = 0; i < count; i++) {
            var result = answer.records().get(i);
            if (result.errorCode() == null) {
                history.acknowledge(result.shardId(), result.sequenceNumber(), loads.get(i).data());
                acknowledged.accept(result.shardId());
            } else {
                failed = true;
            }
        }
        if (failed) {
            unknown.incrementAndGet();
            incarnation++;
        }
    }
}
