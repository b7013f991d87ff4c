package io.headrace.acceptance.crash;

import io.headrace.client.stream.StreamView;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/**
 * Reads a stream along with its producers, from whatever node answers, and goes on behind the last
 * record it saw. What it saw once must be there for good. As consumers do, it reads a shard when it
 * was told the end of the shard's parents.
 */
final class ClusterReader implements Runnable {
    private final List<KinesisClient> clients;
    private final String stream;
    private final SplittableRandom random;
    private final History history;
    private final Map<String, String> iterators = new HashMap<>();
    private final Map<String, String> lastSeen = new HashMap<>();
    private final Set<String> ended = new HashSet<>();
    private final Map<String, Long> lastOfKey = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private final Predicate<String> isOfOneKey;
    private volatile boolean stopped;

    /**
     * @param clients of nodes, which may come and go
     * @param isOfOneKey which producers use one key each
     */
    ClusterReader(
            List<KinesisClient> clients,
            String stream,
            SplittableRandom random,
            History history,
            Predicate<String> isOfOneKey) {
        this.clients = clients;
        this.stream = stream;
        this.random = random;
        this.history = history;
        this.isOfOneKey = isOfOneKey;
    }

    void stop() {
        stopped = true;
    }

    /**
     * What came out of order or twice, and what a shard has behind the end that this was told. To
     * be called when it has ended.
     *
     * @param shards all that is there
     */
    List<String> problems(Map<String, List<History.Seen>> shards) {
        var all = new ArrayList<>(problems);
        for (var shardId : ended) {
            var records = shards.getOrDefault(shardId, List.of());
            var last = lastSeen.get(shardId);
            if (!records.isEmpty() && !records.getLast().sequenceNumber().equals(last)) {
                all.add(
                        "%s was said to end behind %s and has %s"
                                .formatted(shardId, last, records.getLast().sequenceNumber()));
            }
        }
        return all;
    }

    @Override
    public void run() {
        while (!stopped) {
            var current = List.copyOf(clients);
            var client = current.get(random.nextInt(current.size()));
            try {
                for (var shard : StreamView.shards(client, stream)) {
                    if (!ended.contains(shard.shardId())
                            && ended.containsAll(NodeCluster.parents(shard))) {
                        follow(client, shard.shardId());
                    }
                }
            } catch (SdkException e) {
                // Another node may answer; nothing was seen.
                iterators.clear();
            } catch (IllegalStateException e) {
                // The client of a node that left is closed; anything else is no excuse.
                if (clients.contains(client)) {
                    throw e;
                }
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
            see(shardId, record.sequenceNumber(), record.data().asUtf8String());
        }
        if (answer.nextShardIterator() == null) {
            iterators.remove(shardId);
            ended.add(shardId);
        } else {
            iterators.put(shardId, answer.nextShardIterator());
        }
    }

    private void see(String shardId, String number, String data) {
        var before = lastSeen.put(shardId, number);
        if (before != null && new BigInteger(number).compareTo(new BigInteger(before)) <= 0) {
            problems.add("%s: %s was read after %s".formatted(shardId, number, before));
        }
        var load = Load.parse(data);
        if (isOfOneKey.test(load.producer())) {
            var previous = lastOfKey.put(load.producer(), load.number());
            if (previous != null && load.number() <= previous) {
                problems.add(
                        "%s: producer %s's %d was read after its %d"
                                .formatted(shardId, load.producer(), load.number(), previous));
            }
        }
        history.read(shardId, number, data);
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
