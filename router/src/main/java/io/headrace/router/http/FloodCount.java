package io.headrace.router.http;

import java.time.Duration;

/** Counts events in windows of fixed length. For one thread. */
final class FloodCount {
    private final long windowNanos;
    private boolean begun;
    private long windowStart;
    private int count;

    FloodCount(Duration window) {
        windowNanos = window.toNanos();
    }

    /** Counts one more and returns how many there are in the current window. */
    int add(long now) {
        if (!begun || now - windowStart >= windowNanos) {
            begun = true;
            windowStart = now;
            count = 0;
        }
        return ++count;
    }
}
