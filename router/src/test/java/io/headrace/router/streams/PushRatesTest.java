package io.headrace.router.streams;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The quotas of a consumer on a shard, with AWS's limits on. */
class PushRatesTest {
    private static final String LATEST = "{'Type':'LATEST'}";
    private static final String TRIM_HORIZON = "{'Type':'TRIM_HORIZON'}";
    private static final int MEBIBYTE = 1 << 20;

    private final DataPlane plane = DataPlane.limited().stream("s", 1);
    private final String consumer = plane.consumer("s", "c");

    private void pass(long millis, TestSink sink) {
        for (long i = 0; i < millis; i += 10) {
            plane.nanos += 10_000_000;
            plane.timers.advance(Duration.ofMillis(10), sink::run);
            sink.run();
        }
    }

    /** Puts so many records of almost a mebibyte, as slowly as a shard takes them. */
    private void fill(int count) {
        for (int i = 0; i < count; i++) {
            plane.nanos += 2_000_000_000L;
            plane.put("s", "k", i + "x".repeat(MEBIBYTE - 1_000));
        }
    }

    private static int records(TestSink sink) {
        return sink.take().stream().mapToInt(event -> event.path("Records").size()).sum();
    }

    @Test
    void twoMebibytesASecondAreNotPassedAndNothingFails() {
        fill(20);
        var sink = plane.subscribe(consumer, "0", TRIM_HORIZON);
        // One second's worth at once, and what makes it owe.
        assertThat(records(sink)).isBetween(2, 3);
        int read = 3;
        for (int second = 0; second < 5; second++) {
            pass(1_000, sink);
            int more = records(sink);
            assertThat(more).isBetween(1, 3);
            read += more;
        }
        assertThat(read).isBetween(12, 14);
        pass(5_000, sink);
        assertThat(read + records(sink)).isBetween(20, 21);
        assertThat(sink.refused).isNull();
        assertThat(sink.isOver()).isFalse();
        plane.put("s", "k", "last");
        sink.run();
        assertThat(records(sink)).isOne();
    }

    @Test
    void whoWaitsIsNotToldToBeAtTheTip() {
        plane.call(
                "UpdateMaxRecordSize",
                "{'StreamARN':'%s','MaxRecordSizeInKiB':10240}".formatted(DataPlane.ARN + "s"));
        for (int i = 0; i < 2; i++) {
            plane.nanos += 20_000_000_000L;
            plane.put("s", "k", "x".repeat(10 * MEBIBYTE - 1_000));
        }
        plane.nanos += 20_000_000_000L;
        plane.put("s", "k", "last");
        var sink = plane.subscribe(consumer, "0", TRIM_HORIZON);
        assertThat(sink.take()).hasSize(1);
        // The quota's clock stands still, so that a heartbeat falls due while it waits.
        plane.timers.advance(Duration.ofSeconds(6), sink::run);
        assertThat(sink.take()).isEmpty();
        pass(3_900, sink);
        assertThat(sink.take()).isEmpty();
        pass(200, sink);
        assertThat(records(sink)).isOne();
        for (var event : waited(sink)) {
            assertThat(event.path("Records")).hasSize(1);
        }
    }

    private List<JsonNode> waited(TestSink sink) {
        pass(6_000, sink);
        return sink.take();
    }

    @Test
    void whatAConsumerOwesItOwesAfterItComesBack() {
        fill(10);
        var first = plane.subscribe(consumer, "0", TRIM_HORIZON);
        assertThat(records(first)).isBetween(2, 3);
        first.close();
        assertThat(plane.timers.pending()).isZero();
        plane.nanos += 1_000_000_000L;
        var second = plane.subscribe(consumer, "0", TRIM_HORIZON);
        assertThat(records(second)).isBetween(1, 2);
        // Another consumer has its own.
        var other = plane.subscribe(plane.consumer("s", "d"), "0", TRIM_HORIZON);
        assertThat(records(other)).isBetween(2, 3);
    }

    @Test
    void oneSubscriptionASecond() {
        var first = plane.subscribe(consumer, "0", LATEST);
        // As long as it is there, a new one is too early, and is not counted.
        assertThat(Objects.requireNonNull(plane.subscribe(consumer, "0", LATEST).refused).type())
                .isEqualTo("ResourceInUseException");
        // However its ARN is written.
        var written = consumer.replace("arn:aws:", "arn:aws-cn:");
        assertThat(Objects.requireNonNull(plane.subscribe(written, "0", LATEST).refused).type())
                .isEqualTo("ResourceInUseException");
        first.close();
        plane.nanos += 999_000_000L;
        assertThat(Objects.requireNonNull(plane.subscribe(written, "0", LATEST).refused).type())
                .isEqualTo("LimitExceededException");
        var refused = Objects.requireNonNull(plane.subscribe(consumer, "0", LATEST).refused);
        assertThat(refused.type()).isEqualTo("LimitExceededException");
        assertThat(refused.message()).startsWith("Rate exceeded for consumer " + consumer);
        assertThat(plane.subscribe(consumer, "9", LATEST).refused).isNotNull();
        plane.nanos += 1_000_000L;
        assertThat(plane.subscribe(consumer, "0", LATEST).refused).isNull();
    }

    @Test
    void withoutLimitsAllIsPushedAtOnce() {
        var free = DataPlane.create().stream("s", 1);
        for (int i = 0; i < 10; i++) {
            free.put("s", "k", "x".repeat(MEBIBYTE - 1_000));
        }
        var name = free.consumer("s", "c");
        for (int i = 0; i < 3; i++) {
            var sink = free.subscribe(name, "0", TRIM_HORIZON);
            assertThat(records(sink)).isEqualTo(10);
            sink.close();
        }
    }
}
