package io.headrace.store.shard;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A thread that takes a step again and again, and rests when there is nothing to do. What a step
 * throws is a bug: the loop reports it, and from then on takes the other step, which only answers
 * who waits, since nobody knows what the first left half done.
 */
final class StepLoop {
    private final BooleanSupplier step;
    private final long restNanos;
    private final BooleanSupplier isBroken;
    private final BooleanSupplier brokenStep;
    private final Consumer<Throwable> broken;
    private final Thread thread;
    private volatile boolean stopping;

    /**
     * @param isBroken whether this or another loop met a bug
     * @param brokenStep taken instead from then on
     * @param broken told of a bug in this loop
     */
    StepLoop(
            String name,
            BooleanSupplier step,
            long restNanos,
            BooleanSupplier isBroken,
            BooleanSupplier brokenStep,
            Consumer<Throwable> broken) {
        this.step = step;
        this.restNanos = restNanos;
        this.isBroken = isBroken;
        this.brokenStep = brokenStep;
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
            while (!stopping && !isBroken.getAsBoolean()) {
                restUnless(step.getAsBoolean());
            }
        } catch (RuntimeException | Error e) {
            broken.accept(e);
        }
        while (!stopping) {
            restUnless(brokenStep.getAsBoolean());
        }
    }

    private void restUnless(boolean worked) {
        if (!worked) {
            LockSupport.parkNanos(this, restNanos);
        }
    }
}
