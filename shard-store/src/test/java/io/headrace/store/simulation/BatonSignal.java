package io.headrace.store.simulation;

import io.headrace.store.journal.Signal;
import java.util.function.BooleanSupplier;

/** Where the threads of a journal wait in a simulation: at scheduling points. */
final class BatonSignal implements Signal {
    private final Scheduler scheduler;

    BatonSignal(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public void await(BooleanSupplier condition) {
        if (!condition.getAsBoolean()) {
            scheduler.await("signal", condition);
        }
    }

    @Override
    public void fire() {}

    @Override
    public void pause(long nanos, BooleanSupplier condition) {
        scheduler.await("pause", condition, nanos);
    }
}
