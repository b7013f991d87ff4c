package io.headrace.store.consumer;

import io.headrace.store.ShardKey;
import io.headrace.store.shard.Checkpoint;
import java.io.IOException;
import java.util.Optional;

/**
 * A lease as its holder knows it. Its reader advances it, its member renews it: hence the lock.
 * Once lost it stays lost.
 */
final class HeldLease {
    private final Checkpoints checkpoints;
    private final String consumer;
    private final ShardKey shard;
    private final long readableFromMs;
    private final long leaseMs;
    private Checkpoint stored;
    private long nextIndex;
    private long committedAtMs;
    private boolean lost;

    private HeldLease(
            Checkpoints checkpoints,
            String consumer,
            ShardKey shard,
            Checkpoint stored,
            long readableFromMs,
            long leaseMs,
            long nowMs) {
        this.checkpoints = checkpoints;
        this.consumer = consumer;
        this.shard = shard;
        this.stored = stored;
        this.nextIndex = stored.index();
        this.readableFromMs = readableFromMs;
        this.leaseMs = leaseMs;
        this.committedAtMs = nowMs;
    }

    /**
     * Takes the lease that {@code found} describes. Where that one still holds, its owner can't
     * renew it any more, but may read until it ends; only from then on may the new holder.
     */
    static Optional<HeldLease> take(
            Checkpoints checkpoints,
            RecordHandler.Lease lease,
            Checkpoint found,
            long nowMs,
            long leaseMs)
            throws IOException {
        long readableFromMs =
                found.owner().isEmpty() ? nowMs : Math.max(nowMs, found.leaseUntilMs());
        var taken =
                new Checkpoint(
                        found.index(), lease.epoch(), lease.owner(), readableFromMs + leaseMs);
        if (!checkpoints.replace(lease.consumer(), lease.shard(), found, taken)) {
            return Optional.empty();
        }
        return Optional.of(
                new HeldLease(
                        checkpoints,
                        lease.consumer(),
                        lease.shard(),
                        taken,
                        readableFromMs,
                        leaseMs,
                        nowMs));
    }

    synchronized RecordHandler.Lease lease() {
        return new RecordHandler.Lease(consumer, shard, stored.owner(), stored.leaseEpoch());
    }

    /** Where to read on. */
    synchronized long nextIndex() {
        return nextIndex;
    }

    synchronized boolean isLost() {
        return lost;
    }

    /** True while no one else may read. */
    synchronized boolean mayRead(long nowMs) {
        return !lost && nowMs >= readableFromMs && nowMs < stored.leaseUntilMs();
    }

    synchronized boolean mustRenew(long nowMs) {
        return nowMs >= stored.leaseUntilMs() - leaseMs * 2 / 3;
    }

    /** The records below {@code index} are handled; says so durably, if it is time to. */
    synchronized boolean advance(long index, long nowMs, long commitEveryMs) throws IOException {
        nextIndex = index;
        return nowMs - committedAtMs < commitEveryMs ? !lost : commit(nowMs);
    }

    /** Stores the place if it is not yet; false if the lease was lost. */
    synchronized boolean settle(long nowMs) throws IOException {
        return nextIndex == stored.index() ? !lost : commit(nowMs);
    }

    /** Stores the place and renews the lease; false if it was lost. */
    synchronized boolean commit(long nowMs) throws IOException {
        if (lost) {
            return false;
        }
        long untilMs = Math.max(stored.leaseUntilMs(), nowMs + leaseMs);
        boolean kept =
                replace(new Checkpoint(nextIndex, stored.leaseEpoch(), stored.owner(), untilMs));
        if (kept) {
            committedAtMs = nowMs;
        }
        return kept;
    }

    /** Stores the place and lets the lease go; harmless if it was lost. */
    synchronized void release() throws IOException {
        if (!lost) {
            replace(new Checkpoint(nextIndex, stored.leaseEpoch(), "", 0));
            lost = true;
        }
    }

    private boolean replace(Checkpoint next) throws IOException {
        try {
            if (checkpoints.replace(consumer, shard, stored, next)) {
                stored = next;
                return true;
            }
        } catch (IOException e) {
            var found = checkpoints.load(consumer, shard);
            if (found.equals(Optional.of(stored)) && !stored.equals(next)) {
                throw e;
            }
            if (found.equals(Optional.of(next))) {
                stored = next;
                return true;
            }
        }
        lost = true;
        return false;
    }
}
