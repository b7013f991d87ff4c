package io.headrace.objects;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Bounds what is under way: requests, and the bytes of their bodies. Who wants more waits its turn,
 * first come first served. Any thread may call.
 */
final class InFlight {
    private static final int UNIT_BYTES = 1024;

    private final Semaphore requests;
    private final Semaphore units;
    private final int requestsMax;
    private final int unitsMax;
    private final Duration waitMax;

    InFlight(int requestsMax, long bytesMax, Duration waitMax) {
        this.requestsMax = requestsMax;
        this.unitsMax = Math.toIntExact(Math.ceilDiv(bytesMax, UNIT_BYTES));
        this.requests = new Semaphore(requestsMax, true);
        this.units = new Semaphore(unitsMax, true);
        this.waitMax = waitMax;
    }

    /**
     * A turn for one request.
     *
     * @throws IOException if there was none in time; nothing was sent
     */
    Turn enter() throws IOException {
        take(requests, 1, requestsMax + " requests are under way");
        return new Turn();
    }

    /** Not for sharing between threads; to be closed. */
    final class Turn implements AutoCloseable {
        private int taken;

        private Turn() {}

        /**
         * Room for a body. Once a request only: whoever holds some room needs none to come to its
         * end, so none waits for another forever.
         */
        void takeRoom(long bytes) throws IOException {
            if (taken > 0) {
                throw new IllegalStateException("a request takes room once");
            }
            int wanted = (int) Math.min(unitsMax, Math.ceilDiv(bytes, UNIT_BYTES));
            take(units, wanted, "bodies under way fill " + (long) unitsMax * UNIT_BYTES + " bytes");
            taken = wanted;
        }

        @Override
        public void close() {
            units.release(taken);
            requests.release();
        }
    }

    private void take(Semaphore semaphore, int permits, String full) throws IOException {
        try {
            if (!semaphore.tryAcquire(permits, waitMax.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new IOException(full + " and none ended in " + waitMax);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            var interrupted = new InterruptedIOException("while waiting for a turn");
            interrupted.initCause(e);
            throw interrupted;
        }
    }
}
