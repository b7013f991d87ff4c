package io.headrace.acceptance.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.UnderTest;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ConsumerStatus;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StartingPosition;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEvent;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardRequest;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardResponseHandler;

/** The AWS SDK for Java v2, asynchronous: CBOR over HTTP/2, and what is pushed. */
@ExtendWith(UnderTest.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AsynchronousClientTest extends EveryOperation {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final WireWatch watch = new WireWatch();
    private final KinesisAsyncClient client;
    private final KinesisClient blocking;

    AsynchronousClientTest(URI endpoint) {
        client = TestClients.asynchronous(endpoint, watch);
        blocking = AsBlocking.of(client);
    }

    @BeforeAll
    void startClean() {
        Leftovers.delete(blocking, prefix());
    }

    /** All tests together: what they called, and that every answer fitted the model. */
    @AfterAll
    void everyAnswerFitsTheModel() {
        client.close();
        assertThat(watch.problems()).isEmpty();
        assertThat(watch.operations()).hasSize(Leftovers.OPERATIONS);
        assertThat(watch.events())
                .containsExactly(
                        "ChildShards",
                        "ContinuationSequenceNumber",
                        "MillisBehindLatest",
                        "Records",
                        "SubscribeToShardEvent",
                        "initial-response");
    }

    @Override
    KinesisClient client() {
        return blocking;
    }

    @Override
    String prefix() {
        return "asynchronous";
    }

    /** Collects what a subscription brings. */
    private static final class Subscription {
        final List<SubscribeToShardEvent> events = new CopyOnWriteArrayList<>();
        final CountDownLatch open = new CountDownLatch(1);
        private final CountDownLatch enough;
        final CompletableFuture<Void> running;

        Subscription(
                KinesisAsyncClient client,
                String consumer,
                String shard,
                StartingPosition position,
                int records) {
            enough = new CountDownLatch(records);
            var visitor =
                    SubscribeToShardResponseHandler.Visitor.builder()
                            .onSubscribeToShardEvent(event -> {
                                events.add(event);
                                event.records().forEach(_ -> enough.countDown());
                            })
                            .build();
            running =
                    client.subscribeToShard(
                            SubscribeToShardRequest.builder()
                                    .consumerARN(consumer)
                                    .shardId(shard)
                                    .startingPosition(position)
                                    .build(),
                            SubscribeToShardResponseHandler.builder()
                                    .onResponse(_ -> open.countDown())
                                    .subscriber(visitor)
                                    .build());
        }

        List<String> texts() throws InterruptedException {
            assertThat(enough.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return events.stream()
                    .flatMap(event -> event.records().stream())
                    .map(record -> record.data().asUtf8String())
                    .toList();
        }
    }

    private String activeConsumer(String stream, String name) throws InterruptedException {
        var streamArn = arn(stream);
        var consumer =
                client().registerStreamConsumer(r -> r.streamARN(streamArn).consumerName(name))
                        .consumer()
                        .consumerARN();
        for (int step = 0; step < 300; step++) {
            var status =
                    client().describeStreamConsumer(r -> r.consumerARN(consumer))
                            .consumerDescription()
                            .consumerStatus();
            if (status == ConsumerStatus.ACTIVE) {
                return consumer;
            }
            Thread.sleep(100);
        }
        throw new AssertionError(name + " does not become ACTIVE");
    }

    private static StartingPosition position(ShardIteratorType type) {
        return StartingPosition.builder().type(type).build();
    }

    @Test
    void recordsArePushedAndASubscriptionResumes() throws Exception {
        var stream = stream("push", 1);
        var shard = shards(stream).getFirst().shardId();
        var consumer = activeConsumer(stream, "pushed");
        client().putRecord(r -> r.streamName(stream).partitionKey("a").data(data("before")));
        var first =
                new Subscription(
                        client, consumer, shard, position(ShardIteratorType.TRIM_HORIZON), 2);
        assertThat(first.open.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        client().putRecord(r -> r.streamName(stream).partitionKey("a").data(data("after")));
        assertThat(first.texts()).containsExactly("before", "after");
        assertThat(first.events)
                .allSatisfy(event -> {
                    assertThat(event.continuationSequenceNumber()).matches("\\d{56}");
                    assertThat(event.millisBehindLatest()).isNotNegative();
                });
        first.running.cancel(true);

        client().putRecord(r -> r.streamName(stream).partitionKey("a").data(data("later")));
        var other = activeConsumer(stream, "other");
        var resumed =
                new Subscription(
                        client,
                        other,
                        shard,
                        StartingPosition.builder()
                                .type(ShardIteratorType.AFTER_SEQUENCE_NUMBER)
                                .sequenceNumber(first.events.getLast().continuationSequenceNumber())
                                .build(),
                        1);
        assertThat(resumed.texts()).containsExactly("later");
        resumed.running.cancel(true);
    }

    @Test
    void aSubscriptionEndsWithItsShardAndNamesTheChildren() throws Exception {
        var stream = stream("push-end", 1);
        var shard = shards(stream).getFirst().shardId();
        var consumer = activeConsumer(stream, "pushed");
        client().putRecord(r -> r.streamName(stream).partitionKey("a").data(data("last")));
        var subscription =
                new Subscription(
                        client, consumer, shard, position(ShardIteratorType.TRIM_HORIZON), 1);
        assertThat(subscription.texts()).containsExactly("last");
        client().updateShardCount(r ->
                r.streamName(stream).targetShardCount(2).scalingType("UNIFORM_SCALING"));
        subscription.running.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        var end = subscription.events.getLast();
        assertThat(end.continuationSequenceNumber()).isNull();
        assertThat(end.childShards()).hasSize(2);
        assertThat(end.childShards())
                .allSatisfy(child -> assertThat(child.parentShards()).containsExactly(shard));
    }
}
