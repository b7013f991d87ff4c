package io.headrace.node;

import io.headrace.store.Ticker;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * Time and chance, which everything below gets handed in.
 *
 * @param random unpredictable: keys, nonces, tokens and seeds come from it
 */
public record Surroundings(InstantSource clock, Ticker ticker, RandomGenerator random) {
    /** The machine's own; in tests that ask for it with a {@link TestClock}. */
    public static Surroundings real() {
        Ticker ticker = System::nanoTime;
        InstantSource clock = Clock.systemUTC();
        var testClock = System.getProperty(TestClock.PROPERTY);
        return new Surroundings(
                testClock == null ? clock : new TestClock(Path.of(testClock), clock, ticker),
                ticker,
                new SecureRandom());
    }
}
