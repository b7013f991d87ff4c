package io.headrace.router.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SubscriptionTest {
    private static final String LATEST = "{'Type':'LATEST'}";
    private static final String TRIM_HORIZON = "{'Type':'TRIM_HORIZON'}";

    private final DataPlane plane = DataPlane.create().stream("s", 1);
    private String consumer = "";

    @BeforeEach
    void register() {
        consumer = plane.consumer("s", "c");
    }

    private void pass(Duration time, TestSink sink) {
        plane.nanos += time.toNanos();
        plane.timers.advance(time, sink::run);
        sink.run();
    }

    private static List<String> data(List<JsonNode> events) {
        return events.stream().flatMap(event -> DataPlane.data(event).stream()).toList();
    }

    @Test
    void beginsWithTheInitialResponseAndTellsAReaderAtTheTipSo() {
        var sink = plane.subscribe(consumer, "shardId-000000000000", LATEST);
        assertThat(sink.events)
                .extracting(TestSink.Event::type)
                .containsExactly("initial-response", "SubscribeToShardEvent");
        var event = sink.take().getFirst();
        assertThat(event.path("Records")).isEmpty();
        assertThat(event.path("MillisBehindLatest").asLong(-1)).isZero();
        assertThat(event.has("ContinuationSequenceNumber")).isTrue();
        assertThat(event.has("ChildShards")).isFalse();
    }

    @Test
    void pushesEachCommitOnceAndInOrder() {
        plane.put("s", "k", "before");
        var sink = plane.subscribe(consumer, "0", TRIM_HORIZON);
        assertThat(data(sink.take())).containsExactly("before");
        plane.put("s", "k", "a");
        plane.put("s", "k", "b");
        sink.run();
        plane.put("s", "k", "c");
        sink.run();
        assertThat(data(sink.take())).containsExactly("a", "b", "c");
    }

    @Test
    void goesOnBehindRecordsThatRetentionTook() {
        plane.put("s", "k", "old");
        plane.put("s", "k", "older than allowed");
        plane.put("s", "k", "kept");
        plane.shards.passOverBelow(2);
        var sink =
                assertTimeoutPreemptively(
                        Duration.ofSeconds(30), () -> plane.subscribe(consumer, "0", TRIM_HORIZON));
        assertThat(data(sink.take())).containsExactly("kept");
    }

    @Test
    void continuesAtAndAfterItsContinuationNumber() {
        var first = plane.subscribe(consumer, "0", LATEST);
        var numbers =
                List.of(
                        plane.put("s", "k", "a").path("SequenceNumber").asText(),
                        plane.put("s", "k", "b").path("SequenceNumber").asText());
        first.run();
        var continuation = first.take().getLast().path("ContinuationSequenceNumber").asText();
        assertThat(continuation).isEqualTo(numbers.getLast());
        first.close();
        plane.put("s", "k", "c");

        var after =
                plane.subscribe(
                        consumer,
                        "0",
                        "{'Type':'AFTER_SEQUENCE_NUMBER','SequenceNumber':'" + continuation + "'}");
        assertThat(data(after.take())).containsExactly("c");
        after.close();
        var at =
                plane.subscribe(
                        consumer,
                        "0",
                        "{'Type':'AT_SEQUENCE_NUMBER','SequenceNumber':'" + continuation + "'}");
        assertThat(data(at.take())).containsExactly("b", "c");
    }

    @Test
    void aContinuationFromBeforeTheFirstRecordLosesNothing() {
        var first = plane.subscribe(consumer, "0", LATEST);
        var continuation = first.take().getLast().path("ContinuationSequenceNumber").asText();
        first.close();
        plane.put("s", "k", "a");
        var second =
                plane.subscribe(
                        consumer,
                        "0",
                        "{'Type':'AFTER_SEQUENCE_NUMBER','SequenceNumber':'" + continuation + "'}");
        assertThat(data(second.take())).containsExactly("a");
    }

    @Test
    void beatsEveryFiveSecondsAndEndsAfterFiveMinutes() {
        var sink = plane.subscribe(consumer, "0", LATEST);
        sink.take();
        pass(Duration.ofMillis(4_999), sink);
        assertThat(sink.take()).isEmpty();
        pass(Duration.ofMillis(1), sink);
        assertThat(sink.take()).hasSize(1);
        pass(Duration.ofMillis(294_999), sink);
        assertThat(sink.take()).hasSize(58);
        assertThat(sink.isOver()).isFalse();
        pass(Duration.ofMillis(1), sink);
        assertThat(sink.isOver()).isTrue();
        assertThat(sink.refused).isNull();
        assertThat(plane.timers.pending()).isZero();
        assertThat(plane.shards.listeners(plane.shard("s", 0))).isZero();
    }

    @Test
    void eventsPutTheHeartbeatOffWithoutATimerEach() {
        var sink = plane.subscribe(consumer, "0", LATEST);
        pass(Duration.ofSeconds(3), sink);
        sink.take();
        int before = plane.timers.started();
        for (int i = 0; i < 10; i++) {
            plane.put("s", "k", "r" + i);
            sink.run();
        }
        assertThat(data(sink.take())).hasSize(10);
        assertThat(plane.timers.started()).isEqualTo(before);
        pass(Duration.ofMillis(4_999), sink);
        assertThat(sink.take()).isEmpty();
        pass(Duration.ofMillis(1), sink);
        assertThat(sink.take()).hasSize(1);
    }

    @Test
    void aSecondSubscriptionWithinFiveSecondsIsRefusedAndLaterTakesOver() {
        var first = plane.subscribe(consumer, "0", LATEST);
        pass(Duration.ofMillis(4_999), first);
        var early = plane.subscribe(consumer, "0", LATEST);
        assertThat(Objects.requireNonNull(early.refused).type())
                .isEqualTo("ResourceInUseException");
        assertThat(first.isOver()).isFalse();

        pass(Duration.ofMillis(1), first);
        var second = plane.subscribe(consumer, "0", LATEST);
        first.run();
        assertThat(Objects.requireNonNull(first.refused).type())
                .isEqualTo("ResourceInUseException");
        plane.put("s", "k", "a");
        first.run();
        second.run();
        assertThat(data(second.take())).containsExactly("a");
        assertThat(data(first.take())).isEmpty();

        // The one that took over is held by the same rule, though the first has gone since.
        var third = plane.subscribe(consumer, "0", LATEST);
        assertThat(third.refused).isNotNull();
        assertThat(second.isOver()).isFalse();
    }

    @Test
    void fiveSecondsAreFiveSecondsThoughTheClockIsSet() {
        var first = plane.subscribe(consumer, "0", LATEST);
        plane.clock.advance(Duration.ofHours(1));
        assertThat(plane.subscribe(consumer, "0", LATEST).refused).isNotNull();
        plane.clock.advance(Duration.ofHours(-2));
        plane.nanos += Duration.ofSeconds(5).toNanos();
        assertThat(plane.subscribe(consumer, "0", LATEST).refused).isNull();
        first.run();
        assertThat(first.refused).isNotNull();
    }

    @Test
    void aClientThatWentAwayMayComeBackAtOnce() {
        var first = plane.subscribe(consumer, "0", LATEST);
        first.close();
        assertThat(plane.timers.pending()).isZero();
        assertThat(plane.shards.listeners(plane.shard("s", 0))).isZero();
        var second = plane.subscribe(consumer, "0", LATEST);
        assertThat(second.refused).isNull();
        assertThat(second.isOver()).isFalse();
    }

    @Test
    void otherConsumersAndShardsDoNotDisturbEachOther() {
        plane.stream("two", 2);
        var one = plane.consumer("two", "one");
        var other = plane.consumer("two", "other");
        assertThat(plane.subscribe(one, "0", LATEST).refused).isNull();
        assertThat(plane.subscribe(one, "1", LATEST).refused).isNull();
        assertThat(plane.subscribe(other, "0", LATEST).refused).isNull();
    }

    @Test
    void endsWithTheChildrenAtTheEndOfAShard() {
        plane.put("s", "k", "a");
        var sink = plane.subscribe(consumer, "0", TRIM_HORIZON);
        sink.take();
        plane.put("s", "k", "b");
        plane.call(
                "SplitShard",
                "{'StreamName':'s','ShardToSplit':'0','NewStartingHashKey':'1000000'}");
        sink.run();
        pass(Duration.ofMillis(100), sink);
        var events = sink.take();
        assertThat(data(events)).containsExactly("b");
        var last = events.getLast();
        assertThat(last.has("ContinuationSequenceNumber")).isFalse();
        assertThat(last.path("MillisBehindLatest").asLong(-1)).isZero();
        assertThat(last.path("ChildShards").findValuesAsText("ShardId"))
                .containsExactly("shardId-000000000001", "shardId-000000000002");
        assertThat(last.at("/ChildShards/0/ParentShards"))
                .isEqualTo(ControlPlane.json("['shardId-000000000000']"));
        assertThat(last.at("/ChildShards/0/HashKeyRange/EndingHashKey").asText())
                .isEqualTo("999999");
        assertThat(sink.isOver()).isTrue();
        assertThat(sink.refused).isNull();

        // A closed shard is read from anew just so.
        var again = plane.subscribe(consumer, "0", TRIM_HORIZON);
        assertThat(data(again.take())).containsExactly("a", "b");
        assertThat(again.isOver()).isTrue();
    }

    @Test
    void aSlowReaderIsWrittenOneEventAtMostAndLosesNothing() {
        var sink = plane.subscribe(consumer, "0", LATEST);
        sink.take();
        sink.stopReading();
        for (int i = 0; i < 5; i++) {
            plane.put("s", "k", "r" + i);
            sink.run();
        }
        assertThat(data(sink.take())).containsExactly("r0");
        int reads = plane.shards.reads;
        pass(Duration.ofSeconds(20), sink);
        assertThat(sink.take()).isEmpty();
        assertThat(plane.shards.reads).isEqualTo(reads);
        sink.goOnReading();
        assertThat(data(sink.take())).containsExactly("r1", "r2", "r3", "r4");
    }

    @Test
    void aCommitDuringAReadFromDiskIsNotMissed() {
        plane.put("s", "k", "a");
        plane.shards.holdReads();
        var sink = plane.subscribe(consumer, "0", TRIM_HORIZON);
        plane.put("s", "k", "b");
        sink.run();
        assertThat(sink.take()).isEmpty();
        plane.shards.releaseReads();
        sink.run();
        assertThat(data(sink.take())).containsExactly("a", "b");
    }

    @Test
    void eventsAreBoundedButOneLargeRecordGoesAlone() {
        plane.call(
                "UpdateMaxRecordSize",
                "{'StreamARN':'%s','MaxRecordSizeInKiB':10240}".formatted(DataPlane.ARN + "s"));
        var large = "x".repeat(4 << 20);
        plane.put("s", "k", "small");
        plane.put("s", "k", large);
        plane.put("s", "k", "y".repeat(600_000));
        plane.put("s", "k", "z".repeat(600_000));
        var events = plane.subscribe(consumer, "0", TRIM_HORIZON).take();
        assertThat(events)
                .extracting(event -> event.path("Records").size())
                .containsExactly(1, 1, 1, 1);
        assertThat(DataPlane.data(events.get(1))).containsExactly(large);
        assertThat(events.getFirst().path("MillisBehindLatest").asLong()).isPositive();
        assertThat(events.getLast().path("MillisBehindLatest").asLong(-1)).isZero();
    }

    @Test
    void endsWhenItsStreamIsDeleted() {
        var sink = plane.subscribe(consumer, "0", LATEST);
        plane.call("DeleteStream", "{'StreamName':'s','EnforceConsumerDeletion':true}");
        pass(Duration.ofSeconds(5), sink);
        assertThat(sink.isOver()).isTrue();
        assertThat(Objects.requireNonNull(sink.refused).type())
                .isEqualTo("ResourceNotFoundException");
    }

    @Test
    void endsWhenItsConsumerIsDeregistered() {
        var sink = plane.subscribe(consumer, "0", LATEST);
        plane.call("DeregisterStreamConsumer", "{'ConsumerARN':'" + consumer + "'}");
        pass(Duration.ofSeconds(5), sink);
        assertThat(Objects.requireNonNull(sink.refused).type())
                .isEqualTo("ResourceNotFoundException");
    }

    @Test
    void refusesWhatItCannotStart() {
        assertThat(refusal(consumer, "7", LATEST))
                .isEqualTo(
                        "ResourceNotFoundException: Shard shardId-000000000007 in stream s under"
                                + " account 000000000000 does not exist");
        assertThat(refusal(consumer + "9", "0", LATEST)).startsWith("ResourceNotFoundException");
        assertThat(refusal(DataPlane.ARN + "s", "0", LATEST)).startsWith("ValidationException");
        assertThat(refusal(consumer, "0", "{'Type':'AT_SEQUENCE_NUMBER'}"))
                .startsWith("InvalidArgumentException");
        assertThat(refusal(consumer, "0", "{'Type':'SOME'}")).startsWith("ValidationException");
        assertThat(refusal(consumer, "0", "{'Type':'AT_TIMESTAMP'}"))
                .startsWith("InvalidArgumentException");
        assertThat(refusal(consumer, "0", LATEST + ",'DryRun':true"))
                .startsWith("DryRunOperationException");
        plane.call("DeleteStream", "{'StreamName':'s','EnforceConsumerDeletion':true}");
        assertThat(refusal(consumer, "0", LATEST)).startsWith("ResourceNotFoundException");
    }

    private String refusal(String consumerArn, String shardId, String position) {
        var refused =
                Objects.requireNonNull(plane.subscribe(consumerArn, shardId, position).refused);
        return refused.type() + ": " + refused.message();
    }
}
