package io.headrace.store.consumer;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.shard.Checkpoint;
import io.headrace.store.shard.Shards;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.LongPredicate;

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
     * A consumer's lag in every shard it has a readable checkpoint of, in shard order; shards that
     * retention or deletion took have none, and {@link #damaged} tells the others.
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

    /** Shards in which a consumer can't go on until it is reset, because its checkpoint is lost. */
    public List<ShardKey> damaged(String consumer) throws IOException {
        var damaged = new ArrayList<ShardKey>();
        for (var shard : checkpoints.shards(consumer)) {
            if (isDamaged(consumer, shard)) {
                damaged.add(shard);
            }
        }
        return damaged;
    }

    /**
     * Sets a consumer to another place in these shards; where it has no checkpoint, or one that is
     * damaged, it gets one.
     *
     * @throws RefusedException RESOURCE_IN_USE if a member holds a lease on one of them: nothing is
     *     changed then, or only shards before it
     */
    public void reset(String consumer, Collection<ShardKey> of, StartPosition to)
            throws IOException, InterruptedException {
        for (var shard : of) {
            if (!isDamaged(consumer, shard)) {
                refuseIfHeld(consumer, shard, checkpoints.load(consumer, shard));
            }
        }
        for (var shard : of) {
            long index = Positions.resolve(shards, shard, to);
            if (isDamaged(consumer, shard)) {
                checkpoints.forget(consumer, shard);
            }
            var found = checkpoints.create(consumer, shard, index);
            refuseIfHeld(consumer, shard, Optional.of(found));
            // The epoch rises too: who held the lease before it ended must not commit over this.
            var reset = new Checkpoint(index, found.leaseEpoch() + 1, "", 0);
            if (!checkpoints.replace(consumer, shard, found, reset)) {
                throw inUse(consumer, shard, "someone");
            }
        }
    }

    /**
     * Forgets a consumer. One of this name may begin again, under epochs above all there were.
     *
     * @throws RefusedException RESOURCE_IN_USE if a member holds a lease
     */
    public void delete(String consumer) throws IOException {
        var damaged = damaged(consumer);
        var all = load(consumer);
        if (all.isEmpty() && damaged.isEmpty()) {
            throw notFound(consumer);
        }
        for (var entry : all.entrySet()) {
            refuseIfHeld(consumer, entry.getKey(), Optional.of(entry.getValue()));
        }
        for (var shard : all.keySet()) {
            checkpoints.forget(consumer, shard);
        }
        for (var shard : damaged) {
            checkpoints.forget(consumer, shard);
        }
    }

    /** Tells which streams there are at the moment of the call or later. */
    @FunctionalInterface
    public interface LiveStreams {
        LongPredicate look() throws IOException;
    }

    /** Removes what is stored of consumers for the shards of deleted streams. */
    public void sweep(LiveStreams streams) throws IOException {
        var stored = new LinkedHashMap<String, SortedSet<ShardKey>>();
        for (var consumer : checkpoints.stored()) {
            stored.put(consumer, checkpoints.shards(consumer));
        }
        // Looked at after the checkpoints: the stream of each of them was there before it.
        var live = streams.look();
        for (var entry : stored.entrySet()) {
            for (var shard : entry.getValue()) {
                if (!live.test(shard.streamId())) {
                    checkpoints.remove(entry.getKey(), shard);
                }
            }
        }
    }

    private Map<ShardKey, Checkpoint> existing(String consumer) throws IOException {
        var all = load(consumer);
        if (all.isEmpty() && damaged(consumer).isEmpty()) {
            throw notFound(consumer);
        }
        return all;
    }

    /** Its checkpoints without those that are damaged. */
    private SortedMap<ShardKey, Checkpoint> load(String consumer) throws IOException {
        var all = new TreeMap<ShardKey, Checkpoint>();
        for (var shard : checkpoints.shards(consumer)) {
            if (!isDamaged(consumer, shard)) {
                checkpoints.load(consumer, shard).ifPresent(found -> all.put(shard, found));
            }
        }
        return all;
    }

    private boolean isDamaged(String consumer, ShardKey shard) throws IOException {
        try {
            var _ = checkpoints.load(consumer, shard);
            return false;
        } catch (DamagedBlockException e) {
            return true;
        }
    }

    private static RefusedException notFound(String consumer) {
        return new RefusedException(
                ErrorCode.RESOURCE_NOT_FOUND, "Consumer " + consumer + " not found.");
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
