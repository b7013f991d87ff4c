package io.headrace.store.simulation;

import io.headrace.store.simulation.Scheduler.Strand;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** A re-entrant lock whose waiting is the scheduler's; for the strands only. */
final class BatonLock implements Lock {
    private final Scheduler scheduler;
    private @Nullable Strand holder;
    private int holds;

    BatonLock(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public void lock() {
        if (holder != scheduler.running()) {
            scheduler.await("lock", () -> holder == null);
            holder = scheduler.running();
        }
        holds++;
    }

    @Override
    public void lockInterruptibly() {
        lock();
    }

    @Override
    public boolean tryLock() {
        if (holder != null && holder != scheduler.running()) {
            return false;
        }
        holder = scheduler.running();
        holds++;
        return true;
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) {
        if (holder != scheduler.running()) {
            scheduler.await("lock", () -> holder == null, unit.toNanos(time));
        }
        return tryLock();
    }

    @Override
    public void unlock() {
        if (holder != scheduler.running()) {
            throw new IllegalMonitorStateException("another holds it");
        }
        if (--holds == 0) {
            holder = null;
        }
    }

    @Override
    public Condition newCondition() {
        throw new UnsupportedOperationException();
    }
}
