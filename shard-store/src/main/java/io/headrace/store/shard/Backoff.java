package io.headrace.store.shard;

import io.headrace.store.Ticker;

/** Doubles the pause between attempts, from 50 ms to 5 s; for one thread. */
final class Backoff {
    private static final long NANOS_MIN = 50_000_000;
    private static final long NANOS_MAX = 5_000_000_000L;

    private final Ticker ticker;
    private long pauseNanos = NANOS_MIN;
    private long since;
    private boolean waiting;

    Backoff(Ticker ticker) {
        this.ticker = ticker;
    }

    /** True if it is time for the next attempt. */
    boolean isOver() {
        return !waiting || ticker.nanos() - since >= pauseNanos;
    }

    /** The attempt failed: pause, longer than the last time. */
    void again() {
        pauseNanos = waiting ? Math.min(NANOS_MAX, pauseNanos * 2) : NANOS_MIN;
        waiting = true;
        since = ticker.nanos();
    }

    void reset() {
        waiting = false;
    }
}
