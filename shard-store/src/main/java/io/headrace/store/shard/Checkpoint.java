package io.headrace.store.shard;

/**
 * How far a consumer got in a shard and who may go on: the next index to read, and the lease of
 * {@code owner} (empty: nobody) until {@code leaseUntilMs} (ms since 1970). Each new owner raises
 * {@code leaseEpoch}; a commit under an older one is refused.
 */
public record Checkpoint(long index, long leaseEpoch, String owner, long leaseUntilMs) {
    public Checkpoint {
        if (index < 0 || leaseEpoch < 0) {
            throw new IllegalArgumentException("checkpoint " + index + ", epoch " + leaseEpoch);
        }
    }
}
