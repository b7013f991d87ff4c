package io.headrace.store.consumer;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.shard.Checkpoint;
import io.headrace.store.shard.ReadResult;
import io.headrace.store.shard.Shards;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of the processes that share a stream as one consumer. It takes leases on shards, renews them,
 * leaves a share to others, and hands what the shards hold to a handler, each record at least once
 * and in order, parents before children. At any moment at most one member of a consumer reads a
 * shard, as far as clocks agree; where they don't, the lease's epoch still lets only one commit.
 *
 * <p>{@link #balance} is called by one thread, {@link #step} by one for each shard held; {@link
 * RunningMember} does so. Both block.
 */
public final class ConsumerMember {
    private static final Logger LOG = LoggerFactory.getLogger(ConsumerMember.class);

    private final String consumer;
    private final String owner;
    private final ShardTree tree;
    private final Shards shards;
    private final Checkpoints checkpoints;
    private final RecordHandler handler;
    private final ConsumerSettings settings;
    private final InstantSource clock;
    private final Map<ShardKey, HeldLease> leases = new ConcurrentHashMap<>();

    /** What a step came to. */
    public enum Step {
        /** Records were handled; there may be more. */
        HANDLED,
        /** There is nothing to read now, or the one before us may still read. */
        IDLE,
        /** The handler or the shard failed; the same records come again. */
        FAILED,
        /** The shard is read to its end, or another member has it. */
        DROPPED
    }

    /**
     * @param owner this member's name, unlike any other's, also after a restart
     */
    public ConsumerMember(
            String consumer,
            String owner,
            ShardTree tree,
            Shards shards,
            Checkpoints checkpoints,
            RecordHandler handler,
            ConsumerSettings settings,
            InstantSource clock) {
        if (owner.isEmpty()) {
            throw new IllegalArgumentException("a member has a name");
        }
        this.consumer = consumer;
        this.owner = owner;
        this.tree = tree;
        this.shards = shards;
        this.checkpoints = checkpoints;
        this.handler = handler;
        this.settings = settings;
        this.clock = clock;
    }

    /** The shards whose leases this member has, some of them perhaps not to be read yet. */
    public Collection<ShardKey> held() {
        return List.copyOf(leases.keySet());
    }

    ConsumerSettings settings() {
        return settings;
    }

    /** Renews what is held and takes its share of the rest; to be called three times a lease. */
    public void balance() throws IOException, InterruptedException {
        renew();
        var following = Following.look(consumer, tree, shards, checkpoints, settings.start());
        var readable = following.readable();
        long nowMs = clock.millis();
        var holders = new HashMap<String, Integer>(Map.of(owner, 0));
        for (var shard : readable) {
            holderOf(shard, following.checkpoint(shard), nowMs)
                    .ifPresent(holder -> holders.merge(holder, 1, Integer::sum));
        }
        int share = Math.ceilDiv(readable.size(), holders.size());
        int mine = holders.getOrDefault(owner, 0);
        for (var shard : readable) {
            var found = following.checkpoint(shard);
            if (mine < share && holderOf(shard, found, nowMs).isEmpty() && take(shard, found)) {
                mine++;
            }
        }
        if (mine < readable.size() / holders.size()) {
            takeFromTheRichest(following, readable, holders, nowMs);
        }
    }

    /** Reads and handles the next run of a shard held. */
    public Step step(ShardKey shard) throws InterruptedException {
        var lease = leases.get(shard);
        if (lease == null) {
            return Step.DROPPED;
        }
        try {
            if (lease.isLost()) {
                return drop(shard, lease);
            }
            if (!lease.mayRead(clock.millis())) {
                return Step.IDLE;
            }
            long from = lease.nextIndex();
            var found = read(shard, from);
            if (found.isEmpty()) {
                return end(shard, lease);
            }
            var read = found.get();
            if (read.slices().isEmpty() && read.nextIndex() == from) {
                return read.bounds().closed() && from >= read.bounds().nextIndex()
                        ? end(shard, lease)
                        : idle(shard, lease);
            }
            // The read may have taken long.
            if (!read.slices().isEmpty()) {
                if (!lease.mayRead(clock.millis())) {
                    return Step.IDLE;
                }
                handler.handle(lease.lease(), read);
            }
            return lease.advance(read.nextIndex(), clock.millis(), settings.commitEveryMs())
                    ? Step.HANDLED
                    : drop(shard, lease);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            LOG.warn(
                    "consumer {} could not go on in shard {}; it will try again",
                    consumer,
                    shard,
                    e);
            return Step.FAILED;
        }
    }

    /** Commits and lets all leases go, so that others need not wait for their end. */
    public void leave() {
        for (var lease : leases.values()) {
            try {
                lease.release();
            } catch (IOException | RefusedException | DamagedBlockException e) {
                LOG.warn("consumer {} could not give back {}", consumer, lease.lease(), e);
            }
        }
        leases.clear();
    }

    /** Empty if the shard is deleted, with its stream or past its retention. */
    private Optional<ReadResult> read(ShardKey shard, long from) throws InterruptedException {
        try {
            return Optional.of(
                    Positions.await(
                            shards.read(shard, from, settings.recordsMax(), settings.bytesMax())));
        } catch (RefusedException e) {
            if (e.code() != ErrorCode.RESOURCE_NOT_FOUND) {
                throw e;
            }
            LOG.info("consumer {} lets {} go: it was deleted", consumer, shard);
            return Optional.empty();
        }
    }

    private Step idle(ShardKey shard, HeldLease lease) throws IOException {
        // Nothing more may come for long: then the place must not stay uncommitted.
        return lease.settle(clock.millis()) ? Step.IDLE : drop(shard, lease);
    }

    private Step end(ShardKey shard, HeldLease lease) throws IOException {
        lease.release();
        return drop(shard, lease);
    }

    private Step drop(ShardKey shard, HeldLease lease) {
        leases.remove(shard, lease);
        return Step.DROPPED;
    }

    private void renew() {
        leases.values().removeIf(HeldLease::isLost);
        for (var lease : List.copyOf(leases.values())) {
            long nowMs = clock.millis();
            try {
                if (lease.mustRenew(nowMs) && !lease.commit(nowMs)) {
                    leases.values().remove(lease);
                }
            } catch (IOException | RefusedException | DamagedBlockException e) {
                // It ends by itself if this goes on; the others must not end with it.
                LOG.warn("consumer {} could not renew {}", consumer, lease.lease(), e);
            }
        }
    }

    /** Who reads the shard, as far as is known; empty if its lease is free or ended. */
    private Optional<String> holderOf(ShardKey shard, Checkpoint checkpoint, long nowMs) {
        if (leases.containsKey(shard)) {
            return Optional.of(owner);
        }
        boolean held =
                !checkpoint.owner().isEmpty()
                        && !checkpoint.owner().equals(owner)
                        && checkpoint.leaseUntilMs() > nowMs;
        return held ? Optional.of(checkpoint.owner()) : Optional.empty();
    }

    private boolean take(ShardKey shard, Checkpoint found) {
        var wanted = new RecordHandler.Lease(consumer, shard, owner, found.leaseEpoch() + 1);
        try {
            var taken =
                    HeldLease.take(checkpoints, wanted, found, clock.millis(), settings.leaseMs());
            taken.ifPresent(lease -> leases.put(shard, lease));
            return taken.isPresent();
        } catch (IOException | RefusedException | DamagedBlockException e) {
            LOG.warn("consumer {} could not take {}", consumer, shard, e);
            return false;
        }
    }

    /** One at a time: the others see it and do the same, so more would overshoot. */
    private void takeFromTheRichest(
            Following following,
            List<ShardKey> readable,
            Map<String, Integer> holders,
            long nowMs) {
        var richest =
                holders.entrySet().stream()
                        .filter(holder -> !holder.getKey().equals(owner))
                        .max(Comparator.comparingInt(Map.Entry::getValue));
        if (richest.isEmpty() || richest.get().getValue() < holders.getOrDefault(owner, 0) + 2) {
            return;
        }
        for (var shard : readable.reversed()) {
            var found = following.checkpoint(shard);
            if (holderOf(shard, found, nowMs).equals(Optional.of(richest.get().getKey()))) {
                take(shard, found);
                return;
            }
        }
    }
}
