package io.headrace.store.shard;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A thread that takes a step again and again, and rests when there is nothing to do. What a step
 * throws is a bug: the loop reports it and ends, since nobody knows what the step left half done.
 */
final class StepLoop {
    private final BooleanSupplier step;
    private final long restNanos;
    private final Consumer<Throwable> broken;
    private final Thread thread;
    private volatile boolean stopping;

    StepLoop(String name, BooleanSupplier step, long restNanos, Consumer<Throwable> broken) {
        this.step = step;
        this.restNanos = restNanos;
        this.broken = broken;
        this.thread = Thread.ofPlatform().name(name).unstarted(this::run);
    }

    Thread thread() {
        return thread;
    }

    void start() {
        thread.start();
    }

    void wake() {
        LockSupport.unpark(thread);
    }

    /** Ends the loop after the step under way. */
    void stop() throws InterruptedException {
        stopping = true;
        wake();
        thread.join();
    }

    private void run() {
        try {
            while (!stopping) {
                if (!step.getAsBoolean()) {
                    LockSupport.parkNanos(this, restNanos);
                }
            }
        } catch (RuntimeException | Error e) {
            broken.accept(e);
        }
    }
}
