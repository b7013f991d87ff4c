package io.headrace.node;

import io.headrace.router.streams.Timers;
import java.time.InstantSource;
import java.util.PriorityQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Timers that go by a clock that may jump, so they look at it again and again: for tests, with a
 * {@link TestClock}. Any thread.
 */
final class PolledTimers implements Timers {
    private static final long POLL_MS = 5;

    private final InstantSource clock;

    /** Guarded by itself. */
    private final PriorityQueue<Entry> entries = new PriorityQueue<>();

    private long nextNumber;

    private record Entry(long dueMs, long number, Runnable task) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            int byTime = Long.compare(dueMs, other.dueMs);
            return byTime == 0 ? Long.compare(number, other.number) : byTime;
        }
    }

    PolledTimers(InstantSource clock, ScheduledExecutorService poller) {
        this.clock = clock;
        var _ =
                poller.scheduleWithFixedDelay(
                        this::runDue, POLL_MS, POLL_MS, TimeUnit.MILLISECONDS);
    }

    @Override
    public Handle after(long delayMs, Runnable task) {
        synchronized (entries) {
            var entry = new Entry(clock.millis() + delayMs, nextNumber++, task);
            entries.add(entry);
            return () -> {
                synchronized (entries) {
                    entries.remove(entry);
                }
            };
        }
    }

    private void runDue() {
        while (true) {
            Entry due;
            synchronized (entries) {
                due = entries.peek();
                if (due == null || due.dueMs() > clock.millis()) {
                    return;
                }
                entries.remove();
            }
            due.task().run();
        }
    }
}
