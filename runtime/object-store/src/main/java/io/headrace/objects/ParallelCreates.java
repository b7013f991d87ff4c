package io.headrace.objects;

import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.StoreFullException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/** Creates many objects with as many requests at once as there are connections. */
final class ParallelCreates {
    private ParallelCreates() {}

    /** As {@link ObjectStore#createAllIfAbsent} says. */
    static Set<String> run(ObjectStore store, Map<String, ByteBuffer> objects, int atOnce)
            throws IOException {
        var outcomes = new LinkedHashMap<String, Future<Boolean>>();
        var turns = new Semaphore(atOnce);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            objects.forEach((name, content) ->
                    outcomes.put(
                            name,
                            threads.submit(() -> {
                                turns.acquire();
                                try {
                                    return store.createIfAbsent(name, content.duplicate());
                                } finally {
                                    turns.release();
                                }
                            })));
        }
        var created = new HashSet<String>();
        StoreFullException full = null;
        IOException failed = null;
        for (var outcome : outcomes.entrySet()) {
            try {
                if (outcome.getValue().get()) {
                    created.add(outcome.getKey());
                }
            } catch (ExecutionException e) {
                if (e.getCause() instanceof StoreFullException cause) {
                    full = cause;
                } else if (e.getCause() instanceof IOException cause) {
                    failed = cause;
                } else if (e.getCause() instanceof RuntimeException cause) {
                    throw cause;
                } else {
                    throw new IllegalStateException("a create failed", e);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                var interrupted = new InterruptedIOException("while objects were created");
                interrupted.initCause(e);
                throw interrupted;
            }
        }
        if (failed != null) {
            throw new IOException("outcome unknown: only some may have been created", failed);
        }
        if (full != null) {
            throw created.isEmpty()
                    ? full
                    : new IOException("only " + created + " were created", full);
        }
        return created;
    }
}
