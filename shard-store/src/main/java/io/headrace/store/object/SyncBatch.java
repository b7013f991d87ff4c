package io.headrace.store.object;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Does many synced steps, some at once: a file system commits what several threads wait for
 * together, so thousands of syncs take far less than thousands of times one.
 */
final class SyncBatch {
    private static final int AT_ONCE = 8;

    private SyncBatch() {}

    interface Step<T> {
        void run(T item) throws IOException;
    }

    /** Returns when all are done, or some failed and no others run any more; throws the first. */
    static <T> void run(Collection<T> items, Step<T> step) throws IOException {
        if (items.size() <= AT_ONCE) {
            runAll(items, step);
            return;
        }
        var list = List.copyOf(items);
        int share = Math.ceilDiv(list.size(), AT_ONCE);
        var running = new ArrayList<Future<Void>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int from = 0; from < list.size(); from += share) {
                var slice = list.subList(from, Math.min(list.size(), from + share));
                running.add(
                        threads.submit(() -> {
                            runAll(slice, step);
                            return null;
                        }));
            }
        }
        for (var each : running) {
            await(each);
        }
    }

    private static <T> void runAll(Collection<T> items, Step<T> step) throws IOException {
        for (var item : items) {
            step.run(item);
        }
    }

    private static void await(Future<Void> done) throws IOException {
        try {
            done.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException("a step of a batch failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            var interrupted = new InterruptedIOException("while a batch was synced");
            interrupted.initCause(e);
            throw interrupted;
        }
    }
}
