package io.headrace.node;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is running, in the order it was opened; closed in reverse, so that a part outlives
 * everything that uses it. One part that fails to close keeps no other from closing. For one thread
 * at a time.
 */
final class Parts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Parts.class);

    private record Part(String name, AutoCloseable close) {}

    private final Deque<Part> opened = new ArrayDeque<>();

    /** Opens a part. */
    @FunctionalInterface
    interface Opening<T> {
        T open() throws Exception;
    }

    /** Closes a part. */
    @FunctionalInterface
    interface Closing<T> {
        void close(T part) throws Exception;
    }

    /** Opens a part that is closed with the others. */
    <T> T open(String name, Opening<T> opening, Closing<? super T> closing)
            throws NodeStartException {
        var part = start(name, opening);
        opened.push(new Part(name, () -> closing.close(part)));
        return part;
    }

    /** Runs a step of the start that leaves nothing to close. */
    <T> T start(String name, Opening<T> step) throws NodeStartException {
        try {
            return step.open();
        } catch (NodeStartException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NodeStartException(name + ": interrupted", e);
        } catch (Exception e) {
            throw new NodeStartException(name + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            var part = opened.pop();
            try {
                part.close().close();
            } catch (InterruptedException e) {
                // Closing goes on: what is left holds locks and unsynced bytes.
                Thread.currentThread().interrupt();
                LOG.warn("interrupted while closing {}", part.name(), e);
            } catch (Exception e) {
                LOG.error("closing {} failed", part.name(), e);
            }
        }
    }
}
