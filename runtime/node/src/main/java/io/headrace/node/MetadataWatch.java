package io.headrace.node;

import io.headrace.store.stream.StreamCatalog;
import io.headrace.store.stream.StreamName;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the catalog as new as the store it shares with other nodes: looks twice a second, at once
 * when another node says that something changed, and before what must not be answered from an older
 * state. Any thread.
 */
final class MetadataWatch implements StreamCatalog.Others, AutoCloseable {
    /** What all that is published about streams begins with. */
    static final String STREAMS = "meta/streams/";

    private static final Logger LOG = LoggerFactory.getLogger(MetadataWatch.class);
    private static final long PAUSE_MS = 500;
    private static final long CLOSE_MS_MAX = 10_000;

    private final Consumer<String> tell;
    private final ReentrantLock looking = new ReentrantLock();
    private final AtomicLong begun = new AtomicLong();
    private final Semaphore pokes = new Semaphore(0);
    private volatile long ended;
    private volatile boolean closed;
    private volatile @Nullable StreamCatalog catalog;
    private volatile @Nullable Thread thread;
    private boolean failing;

    /**
     * @param tell what makes the other nodes look, with the prefix of what changed
     */
    MetadataWatch(Consumer<String> tell) {
        this.tell = tell;
    }

    /** Begins to look; once. */
    void start(StreamCatalog watched) {
        catalog = watched;
        thread = Thread.ofPlatform().name("metadata").daemon().start(this::run);
    }

    @Override
    public void changed(StreamName name) {
        tell.accept(STREAMS);
    }

    @Override
    public void awaited() {
        pokes.release();
    }

    /**
     * Returns when the catalog holds all that was there when this was called, or the store could
     * not be asked: then it is as it was. Many who call at once cost one look. Blocks.
     */
    void look() {
        long wanted = begun.get() + 1;
        looking.lock();
        try {
            if (ended >= wanted) {
                return;
            }
            long number = begun.incrementAndGet();
            refresh();
            ended = number;
        } finally {
            looking.unlock();
        }
    }

    private void refresh() {
        var watched = catalog;
        if (watched == null) {
            return;
        }
        try {
            watched.refresh();
            if (failing) {
                LOG.info("what other nodes changed is seen again");
            }
            failing = false;
        } catch (IOException | RuntimeException e) {
            if (!failing) {
                LOG.warn("what other nodes changed cannot be seen until the store answers", e);
            }
            failing = true;
        }
    }

    private void run() {
        try {
            while (!closed) {
                if (pokes.tryAcquire(PAUSE_MS, TimeUnit.MILLISECONDS)) {
                    pokes.drainPermits();
                }
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        pokes.release();
        var running = thread;
        if (running == null) {
            return;
        }
        try {
            running.join(CLOSE_MS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
