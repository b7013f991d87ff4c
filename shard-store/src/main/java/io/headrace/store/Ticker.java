package io.headrace.store;

/** Monotonic nanoseconds from an arbitrary origin; injected so that a simulation owns time. */
@FunctionalInterface
public interface Ticker {
    long nanos();
}
