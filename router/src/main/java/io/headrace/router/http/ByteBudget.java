package io.headrace.router.http;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that requests may hold together. Any thread. Without pressure a request costs one
 * compare-and-set here; only requests that must wait take the lock.
 *
 * <p>The last eighth is for small shares, which have a line of their own: many large ones, however
 * long they are held, keep no small one waiting.
 */
final class ByteBudget {
    private static final int SMALL_BYTES = 256 << 10;

    private final long bytesMax;
    private final AtomicLong taken = new AtomicLong();

    /** Both guarded by this budget's monitor. */
    private final ArrayDeque<Waiter> smallWaiting = new ArrayDeque<>();

    private final ArrayDeque<Waiter> largeWaiting = new ArrayDeque<>();

    /** Mirrors how many are in both lines, so that the fast path need not lock. */
    private volatile int waitingCount;

    ByteBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** How much of a budget's bytes may be taken after such a share was. */
    static long limit(long bytesMax, long share) {
        return share <= SMALL_BYTES ? bytesMax : bytesMax - bytesMax / 8;
    }

    /** Someone in line for a share. */
    interface Waiter {
        long bytesWanted();

        /** The share was taken for it. Called on the thread that gave bytes back. */
        void granted();
    }

    /** Takes a share if it is there and none of its size waits. */
    boolean takeAtOnce(long bytes) {
        if (waitingCount == 0) {
            return tryTake(bytes);
        }
        synchronized (this) {
            return lineOf(bytes).isEmpty() && tryTake(bytes);
        }
    }

    /** Takes a share, or lines up for it; first come, first served among those of its size. */
    boolean take(Waiter waiter) {
        long bytes = waiter.bytesWanted();
        if (waitingCount == 0 && tryTake(bytes)) {
            return true;
        }
        synchronized (this) {
            // Counted before looking again: who gives back meanwhile sees us in line.
            var line = lineOf(bytes);
            line.addLast(waiter);
            count();
            if (line.size() == 1 && tryTake(bytes)) {
                line.pollFirst();
                count();
                return true;
            }
            return false;
        }
    }

    /** Leaves the line; false if the share was taken already. */
    boolean cancel(Waiter waiter) {
        boolean was;
        synchronized (this) {
            was = lineOf(waiter.bytesWanted()).remove(waiter);
            count();
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
            synchronized (this) {
                var line = smallWaiting.isEmpty() ? largeWaiting : smallWaiting;
                next = line.peekFirst();
                if (next == null || !tryTake(next.bytesWanted())) {
                    return;
                }
                line.pollFirst();
                count();
            }
            next.granted();
        }
    }

    private ArrayDeque<Waiter> lineOf(long bytes) {
        return bytes <= SMALL_BYTES ? smallWaiting : largeWaiting;
    }

    private void count() {
        waitingCount = smallWaiting.size() + largeWaiting.size();
    }

    /** The largest share there can ever be. */
    long shareBytesMax() {
        return limit(bytesMax, Long.MAX_VALUE);
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
            if (now + bytes > limit(bytesMax, bytes)) {
                return false;
            }
            if (taken.compareAndSet(now, now + bytes)) {
                return true;
            }
        }
    }
}
