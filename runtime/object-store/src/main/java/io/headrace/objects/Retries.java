package io.headrace.objects;

import io.headrace.store.Ticker;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** How often, and after which pauses, a call that failed is made again. Any thread may call. */
public final class Retries {
    private final Policy policy;
    private final Ticker ticker;
    private final RandomGenerator random;
    private final Pause pause;

    /**
     * Bounds and pauses.
     *
     * @param attemptsMax of one call, the first included
     * @param pauseFirst doubles with each attempt; the pause taken is between half of it and all
     * @param pauseMax what it does not grow beyond
     * @param deadline after which no further attempt begins
     */
    public record Policy(
            int attemptsMax, Duration pauseFirst, Duration pauseMax, Duration deadline) {
        public static final Policy DEFAULT =
                new Policy(6, Duration.ofMillis(50), Duration.ofSeconds(2), Duration.ofSeconds(30));

        public Policy {
            if (attemptsMax < 1 || !pauseFirst.isPositive() || pauseMax.compareTo(pauseFirst) < 0) {
                throw new IllegalArgumentException("no way to retry: " + attemptsMax);
            }
        }
    }

    /** Lets the thread wait. */
    @FunctionalInterface
    public interface Pause {
        void sleep(Duration time) throws InterruptedException;
    }

    Retries(Policy policy, Ticker ticker, RandomGenerator random, Pause pause) {
        this.policy = policy;
        this.ticker = ticker;
        this.random = random;
        this.pause = pause;
    }

    Run start() {
        return new Run(ticker.nanos());
    }

    /** The attempts of one call, for the thread that makes it. */
    final class Run {
        private final long startNanos;
        private int attempts = 1;

        private Run(long startNanos) {
            this.startNanos = startNanos;
        }

        int attempts() {
            return attempts;
        }

        /** Waits for the time of the next attempt; false if there is to be none. */
        boolean again() throws IOException {
            if (attempts >= policy.attemptsMax()) {
                return false;
            }
            long wholeNanos =
                    Math.min(
                            policy.pauseFirst().toNanos() << Math.min(attempts - 1, 20),
                            policy.pauseMax().toNanos());
            long nanos = wholeNanos / 2 + below(wholeNanos / 2 + 1);
            if (ticker.nanos() - startNanos + nanos > policy.deadline().toNanos()) {
                return false;
            }
            try {
                pause.sleep(Duration.ofNanos(nanos));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                var interrupted = new InterruptedIOException("while waiting to try again");
                interrupted.initCause(e);
                throw interrupted;
            }
            attempts++;
            return true;
        }
    }

    private long below(long bound) {
        synchronized (random) {
            return random.nextLong(bound);
        }
    }
}
