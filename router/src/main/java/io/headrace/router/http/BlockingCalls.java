package io.headrace.router.http;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs what may block, on a bounded number of virtual threads with a bounded line before them. Any
 * thread.
 */
final class BlockingCalls {
    private final ThreadFactory threads;
    private final int runningMax;
    private final int acceptedMax;
    private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    /** Running and waiting together. */
    private final AtomicInteger accepted = new AtomicInteger();

    private final AtomicInteger running = new AtomicInteger();

    BlockingCalls(ThreadFactory threads, int runningMax, int waitingMax) {
        this.threads = threads;
        this.runningMax = runningMax;
        this.acceptedMax = runningMax + waitingMax;
    }

    /** False if the line is full; the call will then not run. Calls must not throw. */
    boolean submit(Runnable call) {
        if (accepted.incrementAndGet() > acceptedMax) {
            accepted.decrementAndGet();
            return false;
        }
        waiting.add(call);
        startWorker();
        return true;
    }

    int accepted() {
        return accepted.get();
    }

    private void startWorker() {
        while (true) {
            int now = running.get();
            if (now >= runningMax) {
                // A worker looks at the line once more after it has stepped back.
                return;
            }
            if (running.compareAndSet(now, now + 1)) {
                threads.newThread(this::work).start();
                return;
            }
        }
    }

    private void work() {
        do {
            try {
                Runnable call;
                while ((call = waiting.poll()) != null) {
                    try {
                        call.run();
                    } finally {
                        accepted.decrementAndGet();
                    }
                }
            } finally {
                running.decrementAndGet();
            }
            // One added between the last poll and the step back has found all workers busy.
        } while (!waiting.isEmpty() && rejoin());
    }

    private boolean rejoin() {
        while (true) {
            int now = running.get();
            if (now >= runningMax) {
                return false;
            }
            if (running.compareAndSet(now, now + 1)) {
                return true;
            }
        }
    }
}
