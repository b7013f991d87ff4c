package io.headrace.router.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.router.wire.AnswerRoom;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers of records wait for room in memory, and hold nothing while they do. */
final class AnswerRoomTest {
    private static final int WAIT_SECONDS = 20;

    private final DataPlane plane = DataPlane.create().stream("s", 1);
    private final Room room = new Room();

    /** Room that there is not until it is given. */
    private static final class Room implements AnswerRoom {
        final CompletableFuture<Void> taken = new CompletableFuture<>();
        long asked;

        @Override
        public boolean tryTake(long bytes) {
            asked = bytes;
            return taken.isDone() && !taken.isCompletedExceptionally();
        }

        @Override
        public CompletionStage<Void> whenTaken(long bytes) {
            asked = bytes;
            return taken;
        }
    }

    @BeforeEach
    void fill() {
        for (int i = 0; i < 10; i++) {
            plane.put("s", "key", Integer.toString(i).repeat(100_000));
        }
    }

    @Test
    void aLongAnswerIsReadAgainWhenThereIsRoomForIt() throws Exception {
        var iterator = plane.iterator("s", 0, "'TRIM_HORIZON'");
        var expected = DataPlane.data(plane.read(iterator));
        plane.room = room;
        plane.shards.reads = 0;
        var answer = plane.begin("GetRecords", "{'ShardIterator':'" + iterator + "'}");
        assertThat(plane.shards.reads).isOne();
        assertThat(answer.isDone()).isFalse();
        // What came meanwhile is not in it: there is room for what was read first.
        plane.put("s", "key", "late");
        room.taken.complete(null);
        var body = answer.get(WAIT_SECONDS, TimeUnit.SECONDS);
        assertThat(plane.shards.reads).isEqualTo(2);
        assertThat((long) body.length()).isBetween(room.asked * 9 / 10, room.asked);
        var json = ControlPlane.json(body.toString());
        assertThat(DataPlane.data(json)).isEqualTo(expected);
        plane.room = AnswerRoom.BOUNDLESS;
        var next = plane.read(json.path("NextShardIterator").asText());
        assertThat(DataPlane.data(next)).containsExactly("late");
    }

    @Test
    void aLongAnswerWithoutRoomIsRefusedAsTooFast() {
        plane.room = room;
        var iterator = plane.iterator("s", 0, "'TRIM_HORIZON'");
        room.taken.completeExceptionally(
                new RefusedException(ErrorCode.THROUGHPUT_EXCEEDED, "no room"));
        assertThat(plane.refusal("GetRecords", "{'ShardIterator':'" + iterator + "'}"))
                .startsWith("ProvisionedThroughputExceededException");
    }

    @Test
    void aShortAnswerAsksForNoRoom() {
        plane.put("s", "key", "short");
        plane.room = room;
        var iterator = plane.iterator("s", 0, "'LATEST'");
        assertThat(DataPlane.data(plane.read(iterator))).isEmpty();
        assertThat(room.asked).isZero();
    }

    @Test
    void aSubscriberWaitsForRoomAndHearsThatItIsStillThere() {
        var consumer = plane.consumer("s", "c");
        var sink = plane.subscribe(consumer, "0", "{'Type':'LATEST'}");
        sink.take();
        sink.room(false);
        plane.put("s", "key", "x".repeat(100_000));
        sink.run();
        assertThat(sink.take()).isEmpty();
        assertThat(sink.reserved).isGreaterThan(133_000);
        int reads = plane.shards.reads;
        plane.timers.advance(Duration.ofSeconds(6), sink::run);
        assertThat(sink.take())
                .hasSize(1)
                .allMatch(event -> event.path("Records").isEmpty())
                .allSatisfy(event ->
                        assertThat(event.path("MillisBehindLatest").asLong())
                                .isBetween(1L, 60_000L));
        // It does not read what it could not send.
        assertThat(plane.shards.reads).isEqualTo(reads);
        sink.room(true);
        sink.goOnReading();
        assertThat(sink.take().stream().flatMap(event -> DataPlane.data(event).stream()))
                .containsExactly("x".repeat(100_000));
    }

    @Test
    void aSubscriberWhoseFirstEventWaitsForRoomHearsThatItIsStillThere() {
        var sink = new TestSink();
        sink.room(false);
        plane.subscribe(plane.consumer("s", "c"), "0", "{'Type':'TRIM_HORIZON'}", sink);
        assertThat(sink.take()).isEmpty();
        plane.timers.advance(Duration.ofSeconds(6), sink::run);
        assertThat(sink.take())
                .hasSize(1)
                .allMatch(event -> event.path("Records").isEmpty())
                .allSatisfy(event ->
                        assertThat(event.path("MillisBehindLatest").asLong())
                                .isBetween(1L, 60_000L));
        sink.room(true);
        sink.goOnReading();
        assertThat(sink.take().stream().flatMap(event -> DataPlane.data(event).stream()))
                .hasSize(10);
    }
}
