package io.headrace.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How much is under way at once, and how long something is tried. */
@Timeout(60)
class BoundsTest {
    @Test
    void noMoreRequestsThanAllowedAreUnderWay() throws IOException {
        var inFlight = new InFlight(2, 1 << 20, Duration.ofMillis(20));
        var first = inFlight.enter();
        try (var second = inFlight.enter()) {
            assertThat(second).isNotNull();
            assertThatThrownBy(inFlight::enter).hasMessageContaining("2 requests are under way");
        }
        try (first;
                var third = inFlight.enter()) {
            assertThat(third).isNotNull();
        }
    }

    @Test
    void noMoreBytesThanAllowedAreUnderWay() throws IOException {
        var inFlight = new InFlight(3, 1 << 20, Duration.ofMillis(20));
        try (var second = inFlight.enter()) {
            try (var first = inFlight.enter()) {
                first.takeRoom(700 << 10);
                assertThatThrownBy(() -> second.takeRoom(700 << 10))
                        .hasMessageContaining("fill 1048576 bytes");
            }
            // A body larger than all the room takes all of it, or it would never be sent.
            second.takeRoom(2 << 20);
        }
        try (var third = inFlight.enter()) {
            third.takeRoom(1 << 20);
        }
    }

    @Test
    void pausesGrowAndAttemptsEnd() throws IOException {
        var clock = new AtomicLong();
        var pauses = new ArrayList<Duration>();
        var policy =
                new Retries.Policy(
                        6, Duration.ofMillis(100), Duration.ofMillis(400), Duration.ofSeconds(60));
        var run = new Retries(policy, clock::get, new Random(1), pauses::add).start();
        while (run.again()) {
            assertThat(run.attempts()).isLessThanOrEqualTo(6);
        }
        assertThat(run.attempts()).isEqualTo(6);
        var wholes = new long[] {100, 200, 400, 400, 400};
        assertThat(pauses).hasSize(wholes.length);
        for (int i = 0; i < wholes.length; i++) {
            assertThat(pauses.get(i).toNanos())
                    .isBetween(wholes[i] * 500_000, wholes[i] * 1_000_000);
        }
    }

    @Test
    void noAttemptBeginsAfterTheDeadline() throws IOException {
        var clock = new AtomicLong();
        var policy =
                new Retries.Policy(
                        100, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(10));
        var run =
                new Retries(
                                policy,
                                clock::get,
                                new Random(1),
                                pause -> clock.addAndGet(Duration.ofSeconds(3).toNanos()))
                        .start();
        while (run.again()) {
            assertThat(clock.get()).isLessThan(Duration.ofSeconds(13).toNanos());
        }
        assertThat(run.attempts()).isEqualTo(5);
    }
}
