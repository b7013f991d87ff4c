package io.headrace.objects;

import io.headrace.store.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** Stores whose chance comes from a seed, no two the same. */
final class TestStores {
    private static final AtomicLong SEEDS = new AtomicLong(1);

    /** A signature needs the real time; nothing else does. */
    static final InstantSource CLOCK = () -> Instant.ofEpochMilli(System.currentTimeMillis());

    static final Ticker TICKER = System::nanoTime;

    /** Quick to give up, for servers that fail on purpose. */
    static final S3Settings.Timeouts SHORT =
            new S3Settings.Timeouts(
                    Duration.ofSeconds(2), Duration.ofMillis(400), Duration.ofSeconds(5));

    static final Retries.Policy FEW =
            new Retries.Policy(
                    4, Duration.ofMillis(10), Duration.ofMillis(40), Duration.ofSeconds(20));

    private TestStores() {}

    static S3Store open(S3Settings settings) {
        return open(settings, RunningS3Server.credentials());
    }

    static S3Store open(S3Settings settings, S3Credentials credentials) {
        return S3Store.open(
                settings,
                credentials,
                CLOCK,
                TICKER,
                new Random(SEEDS.getAndIncrement()),
                Thread::sleep);
    }
}
