package io.headrace.store.consumer;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.shard.Checkpoint;
import io.headrace.store.shard.Shards;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks on at consumers and sets them back; for commands. Every method blocks; any thread. */
public final class ConsumerGroups {
    private final Shards shards;
    private final Checkpoints checkpoints;
    private final InstantSource clock;

    public ConsumerGroups(Shards shards, Checkpoints checkpoints, InstantSource clock) {
        this.shards = shards;
        this.checkpoints = checkpoints;
        this.clock = clock;
    }

    /** Names of all consumers, in order. */
    public List<String> list() throws IOException {
        return checkpoints.consumers();
    }

    /**
     * A consumer's lag in every shard it has a checkpoint of, in shard order; shards that retention
     * or deletion took have none.
     */
    public List<ShardLag> lag(String consumer) throws IOException, InterruptedException {
        var lags = new ArrayList<ShardLag>();
        for (var entry : existing(consumer).entrySet()) {
            try {
                lags.add(lag(entry.getKey(), entry.getValue()));
            } catch (RefusedException e) {
                if (e.code() != ErrorCode.RESOURCE_NOT_FOUND) {
                    throw e;
                }
            }
        }
        return lags;
    }

    /**
     * Sets a consumer to another place in these shards; where it has no checkpoint it gets one.
     *
     * @throws RefusedException RESOURCE_IN_USE if a member holds a lease on one of them: nothing is
     *     changed then, or only shards before it
     */
    public void reset(String consumer, Collection<ShardKey> of, StartPosition to)
            throws IOException, InterruptedException {
        for (var shard : of) {
            refuseIfHeld(consumer, shard, checkpoints.load(consumer, shard));
        }
        for (var shard : of) {
            long index = Positions.resolve(shards, shard, to);
            var found = checkpoints.load(consumer, shard);
            refuseIfHeld(consumer, shard, found);
            // The epoch rises too: who held the lease before it ended must not commit over this.
            long epoch = found.map(Checkpoint::leaseEpoch).orElse(0L) + 1;
            if (!checkpoints.replace(consumer, shard, found, new Checkpoint(index, epoch, "", 0))) {
                throw inUse(consumer, shard, "someone");
            }
        }
    }

    /**
     * Forgets a consumer.
     *
     * @throws RefusedException RESOURCE_IN_USE if a member holds a lease
     */
    public void delete(String consumer) throws IOException {
        var all = existing(consumer);
        for (var entry : all.entrySet()) {
            refuseIfHeld(consumer, entry.getKey(), Optional.of(entry.getValue()));
        }
        for (var shard : all.keySet()) {
            checkpoints.delete(consumer, shard);
        }
    }

    private Map<ShardKey, Checkpoint> existing(String consumer) throws IOException {
        var all = checkpoints.all(consumer);
        if (all.isEmpty()) {
            throw new RefusedException(
                    ErrorCode.RESOURCE_NOT_FOUND, "Consumer " + consumer + " not found.");
        }
        return all;
    }

    private ShardLag lag(ShardKey shard, Checkpoint checkpoint) throws InterruptedException {
        var read = Positions.await(shards.read(shard, checkpoint.index(), 1, 1));
        long next = read.bounds().nextIndex();
        long from = Math.max(checkpoint.index(), read.bounds().firstIndex());
        long msBehind =
                read.slices().isEmpty()
                        ? 0
                        : Math.max(
                                0, clock.millis() - read.slices().getFirst().block().arrivalMs());
        boolean held = isHeld(checkpoint);
        return new ShardLag(
                shard,
                checkpoint.index(),
                next,
                Math.max(0, next - from),
                msBehind,
                held ? checkpoint.owner() : "");
    }

    private boolean isHeld(Checkpoint checkpoint) {
        return !checkpoint.owner().isEmpty() && checkpoint.leaseUntilMs() > clock.millis();
    }

    private void refuseIfHeld(String consumer, ShardKey shard, Optional<Checkpoint> found) {
        if (found.isPresent() && isHeld(found.get())) {
            throw inUse(consumer, shard, found.get().owner());
        }
    }

    private static RefusedException inUse(String consumer, ShardKey shard, String owner) {
        return new RefusedException(
                ErrorCode.RESOURCE_IN_USE,
                "Consumer %s is read by %s in shard %s; stop it first"
                        .formatted(consumer, owner, shard));
    }
}
