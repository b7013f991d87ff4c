package io.headrace.router.streams;

import io.headrace.store.stream.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.NullMarked;

/** Timers on a test's clock: they run when the test moves it, in the order they are due. */
@NullMarked
final class TestTimers implements Timers {
    private final List<Timer> timers = new ArrayList<>();
    private final TestClock clock;
    private int started;

    TestTimers(TestClock clock) {
        this.clock = clock;
    }

    private record Timer(long dueMs, Runnable task) {}

    @Override
    public Handle after(long delayMs, Runnable task) {
        var timer = new Timer(clock.millis() + delayMs, task);
        timers.add(timer);
        started++;
        return () -> timers.remove(timer);
    }

    int pending() {
        return timers.size();
    }

    /** All there ever were. */
    int started() {
        return started;
    }

    /** Moves the clock on, running what falls due on the way, each followed by {@code after}. */
    void advance(Duration by, Runnable after) {
        long end = clock.millis() + by.toMillis();
        while (true) {
            var next =
                    timers.stream()
                            .filter(timer -> timer.dueMs() <= end)
                            .min(Comparator.comparingLong(Timer::dueMs));
            long until = next.map(Timer::dueMs).orElse(end);
            clock.advance(Duration.ofMillis(Math.max(0, until - clock.millis())));
            if (next.isEmpty()) {
                return;
            }
            timers.remove(next.get());
            next.get().task().run();
            after.run();
        }
    }
}
