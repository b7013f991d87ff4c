package io.headrace.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.Ticker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestClockTest {
    @TempDir Path directory;

    @Test
    void movesAsTheFileSays() throws Exception {
        var nanos = new AtomicLong();
        var file = directory.resolve("offset");
        var clock =
                new TestClock(file, InstantSource.fixed(Instant.ofEpochMilli(1_000)), nanos::get);
        assertThat(clock.millis()).isEqualTo(1_000);

        Files.writeString(file, "86400000\n");
        assertThat(clock.millis()).as("not looked at yet").isEqualTo(1_000);
        nanos.addAndGet(3_000_000);
        assertThat(clock.millis()).isEqualTo(86_401_000);
        assertThat(clock.instant()).isEqualTo(Instant.ofEpochMilli(86_401_000));

        Files.writeString(file, "");
        nanos.addAndGet(3_000_000);
        assertThat(clock.millis()).as("half written").isEqualTo(86_401_000);
    }

    @Test
    void aTimerOfADayRunsOnceTheClockJumpsPastIt() throws Exception {
        var file = directory.resolve("offset");
        var clock = new TestClock(file, Clock.systemUTC(), System::nanoTime);
        try (var background = new BackgroundSteps(clock)) {
            var ran = new CountDownLatch(1);
            var cancelled = new CountDownLatch(1);
            background.after(Duration.ofHours(24).toMillis(), ran::countDown);
            background.after(Duration.ofHours(23).toMillis(), cancelled::countDown).cancel();
            Files.writeString(file, Long.toString(Duration.ofHours(25).toMillis()));
            assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(cancelled.getCount()).isEqualTo(1);
        }
    }

    @Test
    void anIteratorExpiresAfterFiveMinutesAndARecordAfterADay() throws Exception {
        var file = directory.resolve("offset");
        Ticker ticker = System::nanoTime;
        var clock = new TestClock(file, Clock.systemUTC(), ticker);
        var surroundings = new Surroundings(clock, ticker, new SecureRandom());
        try (var node = TestNode.start(directory.resolve("data"), surroundings)) {
            node.createStream("orders", 1);
            node.put("orders", "key", "old");
            var iterator =
                    node.call(
                                    "GetShardIterator",
                                    """
                                    {"StreamName": "orders", "ShardId": "shardId-000000000000",
                                    "ShardIteratorType": "TRIM_HORIZON"}\
                                    """)
                            .get("ShardIterator")
                            .asText();
            var getRecords = "{\"ShardIterator\": \"" + iterator + "\"}";
            jump(file, clock, Duration.ofMinutes(4));
            assertThat(node.send("GetRecords", getRecords).statusCode()).isEqualTo(200);
            jump(file, clock, Duration.ofMinutes(6));
            assertThat(node.send("GetRecords", getRecords).body())
                    .contains("ExpiredIteratorException");

            assertThat(node.readAll("orders")).containsExactly("old");
            jump(file, clock, Duration.ofHours(25));
            node.put("orders", "key", "new");
            assertThat(node.readAll("orders")).containsExactly("new");
        }
    }

    private static void jump(Path file, TestClock clock, Duration by) throws Exception {
        long before = clock.millis();
        Files.writeString(file, Long.toString(by.toMillis()));
        while (clock.millis() - before < Duration.ofSeconds(30).toMillis()) {
            Thread.onSpinWait();
        }
    }
}
