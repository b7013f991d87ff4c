package io.headrace.store.shard;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs each task on a virtual thread, so many at a time; so many wait, more are rejected. */
final class BoundedExecutor implements Executor {
    private final Semaphore permits;
    private final int tasksMax;
    private final AtomicInteger tasks = new AtomicInteger();
    private final Thread.Builder threads;

    BoundedExecutor(String name, int concurrentMax, int tasksMax) {
        this.permits = new Semaphore(concurrentMax, true);
        this.tasksMax = tasksMax;
        this.threads = Thread.ofVirtual().name(name);
    }

    @Override
    public void execute(Runnable task) {
        if (tasks.incrementAndGet() > tasksMax) {
            tasks.decrementAndGet();
            throw new RejectedExecutionException(tasksMax + " tasks are waiting");
        }
        threads.start(() -> {
            permits.acquireUninterruptibly();
            try {
                task.run();
            } finally {
                permits.release();
                tasks.decrementAndGet();
            }
        });
    }
}
