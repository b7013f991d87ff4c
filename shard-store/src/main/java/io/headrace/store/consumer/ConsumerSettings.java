package io.headrace.store.consumer;

/**
 * How a member reads: where a new consumer starts, how long a lease holds without renewal, bounds
 * on what a handler gets at once, how often at most a shard's place is committed, and how long a
 * shard rests after its handler failed.
 */
public record ConsumerSettings(
        StartPosition start,
        long leaseMs,
        int recordsMax,
        int bytesMax,
        long commitEveryMs,
        long retryAfterMs) {
    public ConsumerSettings {
        if (leaseMs < 1
                || recordsMax < 1
                || bytesMax < 1
                || commitEveryMs < 0
                || retryAfterMs < 0) {
            throw new IllegalArgumentException(
                    "lease %d ms, %d records, %d bytes, commit every %d ms, retry after %d ms"
                            .formatted(leaseMs, recordsMax, bytesMax, commitEveryMs, retryAfterMs));
        }
    }

    public static ConsumerSettings from(StartPosition start) {
        return new ConsumerSettings(start, 30_000, 1_000, 1 << 20, 1_000, 1_000);
    }
}
