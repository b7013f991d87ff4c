package io.headrace.cluster.member;

import io.headrace.store.ShardKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Which node should own which shard, as seen at one moment: the member that Hazelcast's partition
 * table names, or if that one does not serve (now), one chosen by a hash that all nodes agree on.
 * Immutable.
 */
public final class Placement {
    private final UUID self;
    private final Map<UUID, Announcement> nodes;
    private final List<UUID> active;
    private final List<UUID> partitionOwners;

    /**
     * @param nodes all members that were heard of
     * @param partitionOwners node ids by partition; a partition without one has {@code self}'s
     */
    Placement(UUID self, Map<UUID, Announcement> nodes, List<UUID> partitionOwners) {
        this.self = self;
        this.nodes = Map.copyOf(nodes);
        this.partitionOwners = List.copyOf(partitionOwners);
        this.active =
                nodes.values().stream()
                        .filter(node -> node.state() == Announcement.State.READY)
                        .map(Announcement::node)
                        .sorted()
                        .toList();
    }

    UUID owner(ShardKey shard, int partition) {
        var named = partitionOwners.isEmpty() ? self : partitionOwners.get(partition);
        var node = nodes.get(named);
        if (node != null && node.state() == Announcement.State.READY) {
            return named;
        }
        var best = self;
        long bestWeight = 0;
        for (int i = 0; i < active.size(); i++) {
            long weight = weight(shard, active.get(i));
            if (i == 0 || Long.compareUnsigned(weight, bestWeight) > 0) {
                best = active.get(i);
                bestWeight = weight;
            }
        }
        return best;
    }

    public UUID self() {
        return self;
    }

    /** All members that said something of themselves, this one included. */
    public Map<UUID, Announcement> nodes() {
        return nodes;
    }

    /** Who should own shards; sorted. */
    public List<UUID> active() {
        return active;
    }

    public Optional<Announcement> byName(String name) {
        return nodes.values().stream().filter(node -> node.name().equals(name)).findFirst();
    }

    /** Whether both would place every shard alike. */
    boolean placesAs(Placement other) {
        return active.equals(other.active) && partitionOwners.equals(other.partitionOwners);
    }

    /** Highest weight wins (rendezvous hashing): who leaves gives away only its own. */
    private static long weight(ShardKey shard, UUID node) {
        long mixed = mix(shard.streamId() ^ mix(shard.number()));
        return mix(
                mixed ^ mix(node.getMostSignificantBits() ^ mix(node.getLeastSignificantBits())));
    }

    /** The finalizer of SplitMix64. */
    private static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
