package io.headrace.node.requests;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes log lines on a thread of its own, because event loops must not wait for a disk. Past its
 * bound lines are lost, and their number is logged. Any thread offers; one closes.
 */
public final class LogWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);
    private static final int PENDING_MAX = 8192;
    private static final long CLOSE_MS_MAX = 5000;

    private final BlockingQueue<Runnable> pending;
    private final AtomicLong lost = new AtomicLong();
    private final Thread thread;
    private volatile boolean closing;

    private LogWriter(int pendingMax) {
        pending = new ArrayBlockingQueue<>(pendingMax);
        thread = new Thread(this::run, "request-log");
        thread.setDaemon(true);
    }

    /** A running writer. */
    public static LogWriter start() {
        var writer = new LogWriter(PENDING_MAX);
        writer.thread.start();
        return writer;
    }

    /** One that a test steps. */
    static LogWriter stepped(int pendingMax) {
        return new LogWriter(pendingMax);
    }

    /** Never blocks; {@code line} writes one log line later. */
    void offer(Runnable line) {
        if (!pending.offer(line)) {
            lost.incrementAndGet();
        }
    }

    /** Writes what is pending now. */
    void step() {
        for (var line = pending.poll(); line != null; line = pending.poll()) {
            line.run();
        }
        long missing = lost.getAndSet(0);
        if (missing > 0) {
            LOG.error(
                    "{} lines of the request logs are lost: they came faster than they could be"
                            + " written",
                    missing);
        }
    }

    private void run() {
        while (!closing || !pending.isEmpty()) {
            try {
                pending.take().run();
                step();
            } catch (InterruptedException e) {
                // Only close() interrupts; the loop writes what is left.
                LOG.debug("closing", e);
            } catch (RuntimeException e) {
                LOG.error("a request could not be logged", e);
            }
        }
    }

    /** Writes what is pending, within a bound. */
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join(CLOSE_MS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
