package io.headrace.store.stream;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.NullMarked;

/** A clock that a test moves, backwards too. */
@NullMarked
public final class TestClock implements InstantSource {
    private long nowMs;

    public TestClock(long nowMs) {
        this.nowMs = nowMs;
    }

    public synchronized void advance(Duration by) {
        nowMs += by.toMillis();
    }

    @Override
    public synchronized Instant instant() {
        return Instant.ofEpochMilli(nowMs);
    }
}
