package io.headrace.node;

import io.headrace.store.Ticker;
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
    /** The machine's own. */
    public static Surroundings real() {
        return new Surroundings(Clock.systemUTC(), System::nanoTime, new SecureRandom());
    }
}
