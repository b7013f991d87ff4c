package io.headrace.router.streams;

/** Runs things later; injected so that tests own time. Tasks must not block. */
public interface Timers {
    /**
     * Runs {@code task} once after {@code delayMs}; the handle cancels it if it has not run yet.
     */
    Handle after(long delayMs, Runnable task);

    /** Cancels a timer; idempotent. */
    interface Handle {
        void cancel();
    }
}
