package io.headrace.acceptance.crash;

import io.headrace.client.stream.StreamView;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/**
 * Reads a stream along with its producers, from whatever node answers, and goes on behind the last
 * record it saw. What it saw once must be there for good.
 */
final class ClusterReader implements Runnable {
    private final List<KinesisClient> clients;
    private final String stream;
    private final SplittableRandom random;
    private final History history;
    private final Map<String, String> iterators = new HashMap<>();
    private final Map<String, String> lastSeen = new HashMap<>();
    private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
    private volatile boolean stopped;

    ClusterReader(
            List<KinesisClient> clients, String stream, SplittableRandom random, History history) {
        this.clients = clients;
        this.stream = stream;
        this.random = random;
        this.history = history;
    }

    void stop() {
        stopped = true;
    }

    /** Records that came out of order or twice. */
    List<String> problems() {
        return List.copyOf(problems);
    }

    @Override
    public void run() {
        while (!stopped) {
            var client = clients.get(random.nextInt(clients.size()));
            try {
                for (var shard : StreamView.shards(client, stream)) {
                    follow(client, shard.shardId());
                }
            } catch (SdkException e) {
                // Another node may answer; nothing was seen.
                iterators.clear();
            }
        }
    }

    private void follow(KinesisClient client, String shardId) {
        var iterator = iterators.get(shardId);
        if (iterator == null) {
            iterator = begin(client, shardId);
        }
        var current = iterator;
        var answer = client.getRecords(r -> r.shardIterator(current));
        for (var record : answer.records()) {
            var number = record.sequenceNumber();
            var before = lastSeen.put(shardId, number);
            if (before != null && new BigInteger(number).compareTo(new BigInteger(before)) <= 0) {
                problems.add("%s: %s was read after %s".formatted(shardId, number, before));
            }
            history.read(shardId, number, record.data().asUtf8String());
        }
        if (answer.nextShardIterator() == null) {
            iterators.remove(shardId);
        } else {
            iterators.put(shardId, answer.nextShardIterator());
        }
    }

    private String begin(KinesisClient client, String shardId) {
        @Nullable String last = lastSeen.get(shardId);
        return client.getShardIterator(
                        r -> {
                            r.streamName(stream).shardId(shardId);
                            if (last == null) {
                                r.shardIteratorType(ShardIteratorType.TRIM_HORIZON);
                            } else {
                                r.shardIteratorType(ShardIteratorType.AFTER_SEQUENCE_NUMBER)
                                        .startingSequenceNumber(last);
                            }
                        })
                .shardIterator();
    }
}
