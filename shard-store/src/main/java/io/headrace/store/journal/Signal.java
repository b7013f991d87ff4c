package io.headrace.store.journal;

import java.io.InterruptedIOException;
import java.util.function.BooleanSupplier;

/** Where threads of a journal wait for each other. Any thread may call. */
public interface Signal {
    /** Returns once the condition, which only changes before a {@link #fire}, holds. */
    void await(BooleanSupplier condition) throws InterruptedIOException;

    /** Something that others wait for may have come true. */
    void fire();

    /** Lets time pass, at most until the condition holds. */
    void pause(long nanos, BooleanSupplier condition) throws InterruptedIOException;

    /** A monitor of its own. */
    static Signal create() {
        return new MonitorSignal();
    }
}
