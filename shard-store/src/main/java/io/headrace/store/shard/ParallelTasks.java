package io.headrace.store.shard;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Does the same with many things, some at a time. For one thread. */
public final class ParallelTasks implements AutoCloseable {
    private final ExecutorService threads;

    /** What is done with one. */
    @FunctionalInterface
    public interface Task<T, R> {
        R of(T thing) throws IOException;
    }

    /** Hears how many are done. */
    @FunctionalInterface
    public interface Done {
        Done UNHEARD = (done, of) -> {};

        void at(int done, int of);
    }

    /**
     * @param atOnce how many at a time, 1 or more
     */
    public ParallelTasks(int atOnce) {
        this(Executors.newFixedThreadPool(atOnce));
    }

    /**
     * @param threads ended with this
     */
    ParallelTasks(ExecutorService threads) {
        this.threads = threads;
    }

    /** The results in the order of the things; the first failure in that order is thrown. */
    public <T, R> List<R> all(List<T> things, Task<T, R> task, Done done) throws IOException {
        var running = new ArrayList<Future<R>>(things.size());
        for (var thing : things) {
            running.add(threads.submit((Callable<R>) () -> task.of(thing)));
        }
        var results = new ArrayList<R>(things.size());
        try {
            for (var one : running) {
                results.add(one.get());
                done.at(results.size(), things.size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException failed -> throw failed;
                case RuntimeException bug -> throw bug;
                case null, default -> throw new IllegalStateException(e);
            }
        } finally {
            running.forEach(one -> one.cancel(true));
        }
        return results;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
