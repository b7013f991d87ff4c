package io.headrace.router.http;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that requests may hold together. Any thread. Without pressure a request costs one
 * compare-and-set here; only requests that must wait take the lock.
 */
final class ByteBudget {
    private final long bytesMax;
    private final AtomicLong taken = new AtomicLong();
    private final ArrayDeque<Waiter> waiting = new ArrayDeque<>();

    /** Mirrors {@code waiting.size()}, so that the fast path need not lock. */
    private volatile int waitingCount;

    ByteBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Someone in line for a share. */
    interface Waiter {
        long bytesWanted();

        /** The share was taken for it. Called on the thread that gave bytes back. */
        void granted();
    }

    /** Takes a share, or lines up for it; first come, first served. */
    boolean take(Waiter waiter) {
        if (waitingCount == 0 && tryTake(waiter.bytesWanted())) {
            return true;
        }
        synchronized (waiting) {
            // Counted before looking again: who gives back meanwhile sees us in line.
            waiting.addLast(waiter);
            waitingCount = waiting.size();
            if (waiting.size() == 1 && tryTake(waiter.bytesWanted())) {
                waiting.pollFirst();
                waitingCount = waiting.size();
                return true;
            }
            return false;
        }
    }

    /** Leaves the line; false if the share was taken already. */
    boolean cancel(Waiter waiter) {
        boolean was;
        synchronized (waiting) {
            was = waiting.remove(waiter);
            waitingCount = waiting.size();
        }
        // Smaller ones may have stood behind it.
        grantWaiting();
        return was;
    }

    /** Takes bytes that exist already and cannot wait; what comes after them waits longer. */
    void overdraw(long bytes) {
        taken.addAndGet(bytes);
    }

    void give(long bytes) {
        taken.addAndGet(-bytes);
        grantWaiting();
    }

    private void grantWaiting() {
        while (waitingCount > 0) {
            Waiter next;
            synchronized (waiting) {
                next = waiting.peekFirst();
                if (next == null || !tryTake(next.bytesWanted())) {
                    return;
                }
                waiting.pollFirst();
                waitingCount = waiting.size();
            }
            next.granted();
        }
    }

    long taken() {
        return taken.get();
    }

    int waiting() {
        return waitingCount;
    }

    private boolean tryTake(long bytes) {
        while (true) {
            long now = taken.get();
            if (now + bytes > bytesMax) {
                return false;
            }
            if (taken.compareAndSet(now, now + bytes)) {
                return true;
            }
        }
    }
}
