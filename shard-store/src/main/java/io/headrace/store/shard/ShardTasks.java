package io.headrace.store.shard;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.StoreEvents;
import io.headrace.store.Ticker;
import io.headrace.store.record.DamagedBlockException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Background work on shards: one task at a time on each, several shards at once. A shard on which
 * one failed is left alone for a while and holds up no other. For the maintenance thread; the tasks
 * run on those of the executor.
 */
final class ShardTasks {
    private static final long FAILED_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Executor executor;
    private final Ticker ticker;
    private final StoreEvents events;
    private final ConcurrentHashMap<ShardLog, CompletableFuture<Void>> running =
            new ConcurrentHashMap<>();

    /** In the ticker's nanoseconds: the clock may be set back by hours. */
    private final ConcurrentHashMap<ShardLog, Long> failedUntil = new ConcurrentHashMap<>();

    private final ConcurrentHashMap<ShardLog, String> failing = new ConcurrentHashMap<>();
    private final AtomicBoolean worked = new AtomicBoolean();
    private volatile @Nullable Thread waiter;

    /** Returns whether there was something to do. */
    interface Task {
        boolean run() throws IOException;
    }

    ShardTasks(Executor executor, Ticker ticker, StoreEvents events) {
        this.executor = executor;
        this.ticker = ticker;
        this.events = events;
    }

    /** Who is woken when a submitted task had something to do. */
    void waiter(Thread thread) {
        waiter = thread;
    }

    /** Whether a submitted task had something to do since the last call. */
    boolean worked() {
        return worked.getAndSet(false);
    }

    /** Holds nothing more of shards that were deleted: nobody comes to try them again. */
    void forgetDeleted() {
        failedUntil.keySet().removeIf(ShardLog::isDeleted);
        failing.forEach((log, what) -> {
            if (log.isDeleted() && failing.remove(log, what)) {
                events.backgroundRecovered(what + " " + log);
            }
        });
    }

    /** Runs the task on the executor, unless another runs on this shard. */
    void submit(ShardLog log, String what, Task task) {
        var done = new CompletableFuture<Void>();
        if (isPausing(log) || running.putIfAbsent(log, done) != null) {
            return;
        }
        executor.execute(() -> {
            try {
                if (attempt(log, what, task)) {
                    worked.set(true);
                }
            } finally {
                running.remove(log);
                done.complete(null);
                LockSupport.unpark(waiter);
            }
        });
    }

    /** Runs the task in this thread; false if it failed or another runs on this shard. */
    boolean run(ShardLog log, String what, Task task) {
        var done = new CompletableFuture<Void>();
        if (isPausing(log) || running.putIfAbsent(log, done) != null) {
            return false;
        }
        try {
            return attempt(log, what, task);
        } finally {
            running.remove(log);
            done.complete(null);
        }
    }

    /** Waits for every task submitted before. */
    void awaitAll() {
        CompletableFuture.allOf(running.values().toArray(CompletableFuture<?>[]::new)).join();
    }

    private boolean isPausing(ShardLog log) {
        var until = failedUntil.get(log);
        if (until == null) {
            return false;
        }
        if (ticker.nanos() - until < 0) {
            return true;
        }
        failedUntil.remove(log);
        return false;
    }

    private boolean attempt(ShardLog log, String what, Task task) {
        try {
            boolean some = task.run();
            if (failing.remove(log, what)) {
                events.backgroundRecovered(what + " " + log);
            }
            return some;
        } catch (IOException | DamagedBlockException e) {
            pause(log, what, e);
        } catch (RefusedException e) {
            // A shard that is deleted meanwhile, or another's, needs nothing more.
            if (e.code() != ErrorCode.RESOURCE_NOT_FOUND && e.code() != ErrorCode.NOT_OWNER) {
                pause(log, what, e);
            } else if (failing.remove(log) != null) {
                events.backgroundRecovered(what + " " + log);
            }
        } catch (RuntimeException e) {
            // A bug: it must not be tried again at once for ever, nor hold up other shards.
            pause(log, what, e);
        }
        return false;
    }

    private void pause(ShardLog log, String what, Exception e) {
        failedUntil.put(log, ticker.nanos() + FAILED_PAUSE_NANOS);
        failing.put(log, what);
        events.backgroundFailing(what + " " + log, e);
    }
}
