package io.headrace.client.tail;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.Shard;

/**
 * Which shards may be read now: a child only when every parent that is read too has been read to
 * its end, so that a key's records keep their order across a split or merge. Not thread-safe.
 */
final class Lineage {
    private final Map<String, Shard> known = new LinkedHashMap<>();
    private final Set<String> started = new HashSet<>();
    private final Set<String> finished = new HashSet<>();

    /** Makes shards known, whatever their parents; known ones are left as they are. */
    void add(List<Shard> shards) {
        shards.forEach(shard -> known.putIfAbsent(shard.shardId(), shard));
    }

    /**
     * Of these shards, makes known those that descend from a known one. Returns how many are new.
     */
    int addDescendants(List<Shard> shards) {
        int before = known.size();
        boolean found = true;
        while (found) {
            found = false;
            for (var shard : shards) {
                boolean child =
                        isKnown(shard.parentShardId()) || isKnown(shard.adjacentParentShardId());
                if (child && known.putIfAbsent(shard.shardId(), shard) == null) {
                    found = true;
                }
            }
        }
        return known.size() - before;
    }

    /** Shards that may be read from now on; each is returned once. */
    List<Shard> start() {
        var startable = new ArrayList<Shard>();
        for (var shard : known.values()) {
            if (isDone(shard.parentShardId())
                    && isDone(shard.adjacentParentShardId())
                    && started.add(shard.shardId())) {
                startable.add(shard);
            }
        }
        return startable;
    }

    void finish(String shardId) {
        finished.add(shardId);
    }

    /** Shards that are being read, as they were when they became known. */
    List<Shard> active() {
        return known.values().stream()
                .filter(shard -> started.contains(shard.shardId()))
                .filter(shard -> !finished.contains(shard.shardId()))
                .toList();
    }

    private boolean isKnown(@Nullable String shardId) {
        return shardId != null && known.containsKey(shardId);
    }

    private boolean isDone(@Nullable String parent) {
        return parent == null || !known.containsKey(parent) || finished.contains(parent);
    }
}
