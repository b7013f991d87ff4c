package io.headrace.client;

import java.time.Duration;

/** Lets time pass; a test's pause only counts. */
@FunctionalInterface
public interface Pause {
    Pause REAL = Thread::sleep;

    void sleep(Duration duration) throws InterruptedException;
}
