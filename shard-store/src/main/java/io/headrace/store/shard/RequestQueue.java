package io.headrace.store.shard;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * From many callers to the one committer. Room is reserved when an append arrives and given back
 * when it is answered, so it bounds all that is under way, not only what stands here.
 */
final class RequestQueue {
    private final long bytesMax;
    private final int appendsMax;
    private final ConcurrentLinkedQueue<Request> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong reservedBytes = new AtomicLong();
    private final AtomicInteger reservedAppends = new AtomicInteger();
    private final AtomicLong queuedBytes = new AtomicLong();
    private volatile @Nullable Thread waiter;

    RequestQueue(long bytesMax, int appendsMax) {
        this.bytesMax = bytesMax;
        this.appendsMax = appendsMax;
    }

    /** False if too much is under way already. A single append always fits an empty queue. */
    boolean reserve(int bytes) {
        long total = reservedBytes.addAndGet(bytes);
        int appends = reservedAppends.incrementAndGet();
        if ((total > bytesMax && appends > 1) || appends > appendsMax) {
            giveBack(bytes);
            return false;
        }
        return true;
    }

    void giveBack(int bytes) {
        reservedBytes.addAndGet(-bytes);
        reservedAppends.decrementAndGet();
    }

    long reservedBytes() {
        return reservedBytes.get();
    }

    int reservedAppends() {
        return reservedAppends.get();
    }

    /** Any thread. */
    void push(Request request) {
        queuedBytes.addAndGet(bytesOf(request));
        queue.add(request);
        wake();
    }

    /** The committer only. */
    @Nullable Request poll() {
        var request = queue.poll();
        if (request != null) {
            queuedBytes.addAndGet(-bytesOf(request));
        }
        return request;
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** Bytes that stand in the queue now. */
    long queuedBytes() {
        return queuedBytes.get();
    }

    void wake() {
        var thread = waiter;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    /** Who is woken by every push. */
    void waiter(Thread thread) {
        waiter = thread;
    }

    private static int bytesOf(Request request) {
        return switch (request) {
            case Request.Append append -> append.batch().length();
            case Request.End end -> 0;
        };
    }
}
