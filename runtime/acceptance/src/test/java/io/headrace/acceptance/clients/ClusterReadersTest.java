package io.headrace.acceptance.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.Distribution;
import io.headrace.acceptance.LocalCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ConsumerStatus;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEvent;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardRequest;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardResponseHandler;

/** What readers and callers of different nodes of a cluster see of each other, and of a death. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class ClusterReadersTest {
    private static final int SHARDS = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final LocalCluster cluster;
    private final List<KinesisClient> clients = new ArrayList<>();
    private final KinesisAsyncClient subscriber;

    ClusterReadersTest(@TempDir Path work) {
        Distribution.assumeBuilt();
        cluster = LocalCluster.start(work, 3);
        for (int i = 0; i < 3; i++) {
            clients.add(TestClients.blocking(cluster.endpoint(i)));
        }
        subscriber = TestClients.asynchronous(cluster.endpoint(0));
    }

    @BeforeAll
    static void needsNodes() {
        Distribution.assumeBuilt();
    }

    @AfterAll
    void close() {
        clients.forEach(KinesisClient::close);
        subscriber.close();
        cluster.close();
    }

    private String stream(String name) {
        clients.getFirst().createStream(r -> r.streamName(name).shardCount(SHARDS));
        clients.get(1).waiter().waitUntilStreamExists(r -> r.streamName(name));
        return name;
    }

    @Test
    void ofThreeWhoMakeOneStreamAtOnceOneDoesAndAllSeeItAtOnce() throws Exception {
        for (int round = 0; round < 5; round++) {
            var name = "raced-" + round;
            var made = atOnce(client -> client.createStream(r -> r.streamName(name).shardCount(2)));
            assertThat(made).containsOnlyOnce("done").filteredOn("refused"::equals).hasSize(2);
            for (var client : clients) {
                assertThat(
                                client.describeStreamSummary(r -> r.streamName(name))
                                        .streamDescriptionSummary()
                                        .streamName())
                        .isEqualTo(name);
            }
            clients.get(1).waiter().waitUntilStreamExists(r -> r.streamName(name));
            var split =
                    atOnce(client ->
                            client.splitShard(r ->
                                    r.streamName(name)
                                            .shardToSplit("shardId-000000000000")
                                            .newStartingHashKey("1000")));
            assertThat(split).containsOnlyOnce("done");
            clients.get(2).waiter().waitUntilStreamExists(r -> r.streamName(name));
            for (var client : clients) {
                assertThat(client.listShards(r -> r.streamName(name)).shards()).hasSize(4);
            }
        }
    }

    private interface Call {
        void on(KinesisClient client);
    }

    /** Calls all nodes at the same time; what became of it at each. */
    private List<String> atOnce(Call call) throws InterruptedException, ExecutionException {
        var running =
                clients.stream()
                        .map(client -> CompletableFuture.supplyAsync(() -> outcome(call, client)))
                        .toList();
        var outcomes = new ArrayList<String>();
        for (var one : running) {
            outcomes.add(one.get());
        }
        return outcomes;
    }

    private static String outcome(Call call, KinesisClient client) {
        try {
            call.on(client);
            return "done";
        } catch (ResourceInUseException | InvalidArgumentException e) {
            return "refused";
        }
    }

    @Test
    void subscriptionsAndIteratorsOutliveTheOwnerOfTheirShard() throws Exception {
        var name = stream("outlived");
        var arn =
                clients.getFirst()
                        .describeStreamSummary(r -> r.streamName(name))
                        .streamDescriptionSummary()
                        .streamARN();
        var consumer = consumer(arn);
        var pushed = new HashMap<String, BlockingQueue<String>>();
        var subscriptions = new ArrayList<CompletableFuture<Void>>();
        var iterators = new HashMap<String, String>();
        for (var shard : clients.getFirst().listShards(r -> r.streamName(name)).shards()) {
            var texts = new LinkedBlockingQueue<String>();
            pushed.put(shard.shardId(), texts);
            subscriptions.add(subscribe(consumer, shard.shardId(), texts));
            iterators.put(
                    shard.shardId(),
                    clients.get(2)
                            .getShardIterator(r ->
                                    r.streamName(name)
                                            .shardId(shard.shardId())
                                            .shardIteratorType(ShardIteratorType.LATEST))
                            .shardIterator());
        }
        var acknowledged = new HashMap<String, List<String>>();
        put(name, 0, 60, acknowledged);
        cluster.node(2).kill();
        put(name, 60, 160, acknowledged);

        assertThat(acknowledged).hasSize(SHARDS);
        for (var shard : acknowledged.entrySet()) {
            var texts = Objects.requireNonNull(pushed.get(shard.getKey()));
            var seen = new ArrayList<@Nullable String>();
            for (int i = 0; i < shard.getValue().size(); i++) {
                seen.add(texts.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            }
            assertThat(seen).as(shard.getKey()).isEqualTo(shard.getValue());
            var iterator = Objects.requireNonNull(iterators.get(shard.getKey()));
            assertThat(read(iterator, shard.getValue().size()))
                    .as(shard.getKey())
                    .isEqualTo(shard.getValue());
        }
        assertThat(subscriptions).noneMatch(CompletableFuture::isDone);
        subscriptions.forEach(subscription -> subscription.cancel(true));
    }

    /** Puts one after the other to the first node; each is acknowledged in the end. */
    private void put(String name, int from, int to, Map<String, List<String>> acknowledged) {
        for (int i = from; i < to; i++) {
            var text = "record " + i;
            var key = "k" + i;
            var stored =
                    clients.getFirst()
                            .putRecord(r ->
                                    r.streamName(name)
                                            .partitionKey(key)
                                            .data(DataOperations.data(text)));
            acknowledged.computeIfAbsent(stored.shardId(), id -> new ArrayList<>()).add(text);
        }
    }

    private List<String> read(String iterator, int count) {
        var texts = new ArrayList<String>();
        long begin = System.nanoTime();
        for (var next = iterator;
                texts.size() < count && System.nanoTime() - begin < PATIENCE.toNanos(); ) {
            var current = next;
            var answer = clients.get(1).getRecords(r -> r.shardIterator(current));
            answer.records().forEach(record -> texts.add(record.data().asUtf8String()));
            next = answer.nextShardIterator();
        }
        return texts;
    }

    private String consumer(String streamArn) {
        var made =
                clients.get(1)
                        .registerStreamConsumer(r -> r.streamARN(streamArn).consumerName("c"))
                        .consumer();
        var active =
                Stream.generate(() ->
                                clients.get(2)
                                        .describeStreamConsumer(
                                                r -> r.consumerARN(made.consumerARN()))
                                        .consumerDescription()
                                        .consumerStatus())
                        .limit(10_000)
                        .anyMatch(ConsumerStatus.ACTIVE::equals);
        assertThat(active).isTrue();
        return made.consumerARN();
    }

    private CompletableFuture<Void> subscribe(
            String consumer, String shard, BlockingQueue<String> texts)
            throws InterruptedException, ExecutionException {
        var open = new CompletableFuture<Void>();
        var running =
                subscriber.subscribeToShard(
                        SubscribeToShardRequest.builder()
                                .consumerARN(consumer)
                                .shardId(shard)
                                .startingPosition(p -> p.type(ShardIteratorType.LATEST))
                                .build(),
                        SubscribeToShardResponseHandler.builder()
                                .subscriber(
                                        SubscribeToShardResponseHandler.Visitor.builder()
                                                .onSubscribeToShardEvent(event -> {
                                                    open.complete(null);
                                                    add(event, texts);
                                                })
                                                .build())
                                .build());
        // The first event tells where it begins, though there is nothing yet.
        open.get();
        return running;
    }

    private static void add(SubscribeToShardEvent event, BlockingQueue<String> texts) {
        event.records().forEach(record -> texts.add(record.data().asUtf8String()));
    }
}
