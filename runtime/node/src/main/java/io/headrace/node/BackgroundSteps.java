package io.headrace.node;

import io.headrace.router.streams.Timers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs what happens by itself: steps of the background, one after another on a thread that may
 * block, and timers on a thread that may not. Any thread.
 */
final class BackgroundSteps implements Timers, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundSteps.class);
    private static final long CLOSE_SECONDS_MAX = 10;

    private final ScheduledExecutorService steps =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("background").daemon().factory());
    private final ScheduledThreadPoolExecutor timers =
            new ScheduledThreadPoolExecutor(
                    1, Thread.ofPlatform().name("timers").daemon().factory());

    private final Timers clocked;

    BackgroundSteps(InstantSource clock) {
        // Most timers are cancelled long before they are due, and hold what they would act on.
        timers.setRemoveOnCancelPolicy(true);
        clocked = clock instanceof TestClock ? new PolledTimers(clock, timers) : this::schedule;
    }

    /** Something to do again and again. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }

    /** Runs a step now and then; a failure is logged, and the step runs again. */
    void every(Duration pause, String name, Step step) {
        var _ =
                steps.scheduleWithFixedDelay(
                        () -> {
                            try {
                                step.run();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            } catch (Exception e) {
                                LOG.error("{} failed and will be tried again", name, e);
                            }
                        },
                        pause.toMillis(),
                        pause.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public Handle after(long delayMs, Runnable task) {
        return clocked.after(delayMs, task);
    }

    private Handle schedule(long delayMs, Runnable task) {
        var scheduled = timers.schedule(task, delayMs, TimeUnit.MILLISECONDS);
        return () -> scheduled.cancel(false);
    }

    /** Timers that are neither due nor cancelled. */
    int pendingTimers() {
        return timers.getQueue().size();
    }

    @Override
    public void close() {
        timers.shutdownNow();
        // Not interrupted: in the middle of a sync that would look like a disk that failed.
        steps.shutdown();
        try {
            if (!steps.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.warn("a background step did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
