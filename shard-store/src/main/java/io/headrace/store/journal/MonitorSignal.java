package io.headrace.store.journal;

import java.io.InterruptedIOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** A {@link Signal} for real threads. */
final class MonitorSignal implements Signal {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition fired = lock.newCondition();

    @Override
    public void await(BooleanSupplier condition) throws InterruptedIOException {
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                fired.await();
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void fire() {
        lock.lock();
        try {
            fired.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void pause(long nanos, BooleanSupplier condition) throws InterruptedIOException {
        lock.lock();
        try {
            long left = nanos;
            while (left > 0 && !condition.getAsBoolean()) {
                left = fired.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            lock.unlock();
        }
    }

    private static InterruptedIOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        var interrupted = new InterruptedIOException("while waiting for the journal");
        interrupted.initCause(e);
        return interrupted;
    }
}
