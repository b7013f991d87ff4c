package io.headrace.acceptance.crash;

import java.util.ArrayList;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

/**
 * Puts one thing after the other until its node dies under it, and notes each answer. Now one
 * record a request, now several; a record is never sent again, so that each has one number.
 */
final class CrashProducer implements Runnable {
    private static final int BATCH_MAX = 20;

    private final String name;
    private final KinesisClient client;
    private final String stream;
    private final AtomicLong numbers;
    private final SplittableRandom random;
    private final History history;
    private volatile boolean stopped;

    /**
     * @param numbers goes on where the producer of that name stopped before the last crash
     */
    CrashProducer(
            String name,
            KinesisClient client,
            String stream,
            AtomicLong numbers,
            SplittableRandom random,
            History history) {
        this.name = name;
        this.client = client;
        this.stream = stream;
        this.numbers = numbers;
        this.random = random;
        this.history = history;
    }

    void stop() {
        stopped = true;
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                if (random.nextBoolean()) {
                    putOne();
                } else {
                    putSeveral();
                }
            }
        } catch (SdkClientException e) {
            // The crash: what was on its way has no answer, and nobody promised anything.
            stopped = true;
        } catch (AwsServiceException e) {
            // An answer, but a refusal: a node under load has no reason for one.
            history.refused(name + " was refused: " + e.getMessage());
        }
    }

    private Load next() {
        return Load.next(name, numbers.incrementAndGet(), random);
    }

    private void putOne() {
        var load = next();
        var answer =
                client.putRecord(r ->
                        r.streamName(stream)
                                .partitionKey(name)
                                .data(SdkBytes.fromUtf8String(load.data())));
        history.acknowledge(answer.shardId(), answer.sequenceNumber(), load.data());
    }

    /** Keys of other shards too: a shard sees this producer's numbers with gaps, but rising. */
    private void putSeveral() {
        int count = 2 + random.nextInt(BATCH_MAX - 1);
        var loads = new ArrayList<Load>(count);
        var entries = new ArrayList<PutRecordsRequestEntry>(count);
        for (int i = 0; i < count; i++) {
            var load = next();
            loads.add(load);
            entries.add(
                    PutRecordsRequestEntry.builder()
                            .partitionKey(name + "-" + random.nextInt(8))
                            .data(SdkBytes.fromUtf8String(load.data()))
                            .build());
        }
        var answer = client.putRecords(r -> r.streamName(stream).records(entries));
        for (int i = 0; i < count; i++) {
            var result = answer.records().get(i);
            if (result.errorCode() == null) {
                history.acknowledge(result.shardId(), result.sequenceNumber(), loads.get(i).data());
            }
        }
    }
}
