package io.headrace.store.consumer;

import io.headrace.store.ShardKey;
import io.headrace.store.shard.Checkpoint;
import io.headrace.store.shard.Shards;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which shards a consumer may read now, decided from the tree, the checkpoints and the shards'
 * ends. A view of one moment, for one thread.
 */
final class Following {
    private final Shards shards;
    private final Map<ShardKey, ShardTree.Node> nodes;
    private final Map<ShardKey, Checkpoint> checkpoints;
    private final Map<ShardKey, Boolean> drained = new HashMap<>();

    private Following(
            Shards shards,
            Map<ShardKey, ShardTree.Node> nodes,
            Map<ShardKey, Checkpoint> checkpoints) {
        this.shards = shards;
        this.nodes = nodes;
        this.checkpoints = checkpoints;
    }

    /** Looks, and gives every shard that has no checkpoint yet its first one. */
    static Following look(
            String consumer,
            ShardTree tree,
            Shards shards,
            Checkpoints checkpoints,
            StartPosition start)
            throws IOException, InterruptedException {
        var nodes =
                tree.shards().stream()
                        .collect(Collectors.toMap(ShardTree.Node::shard, node -> node));
        var stored = checkpoints.all(consumer);
        var following = new Following(shards, nodes, new HashMap<>(stored));
        // Children first: so that a parent's checkpoint, once there, proves that a child without
        // one
        // came later, and is to be read from its beginning.
        var newestFirst =
                nodes.keySet().stream().sorted(Comparator.<ShardKey>naturalOrder().reversed());
        for (var shard : newestFirst.toList()) {
            if (!stored.containsKey(shard)) {
                boolean followed = following.continuesFollowed(shard, stored);
                long index = followed ? 0 : Positions.resolve(shards, shard, start);
                var first = new Checkpoint(index, 0, "", 0);
                var now =
                        checkpoints.replace(consumer, shard, Optional.empty(), first)
                                ? Optional.of(first)
                                : checkpoints.load(consumer, shard);
                now.ifPresent(checkpoint -> following.checkpoints.put(shard, checkpoint));
            }
        }
        return following;
    }

    /** Shards whose parents are drained and that are not themselves, in order. */
    List<ShardKey> readable() throws InterruptedException {
        var readable = new ArrayList<ShardKey>();
        for (var node : nodes.values()) {
            if (checkpoints.containsKey(node.shard())
                    && !isDrained(node.shard())
                    && parentsDrained(node)) {
                readable.add(node.shard());
            }
        }
        readable.sort(null);
        return readable;
    }

    Checkpoint checkpoint(ShardKey shard) {
        return Optional.ofNullable(checkpoints.get(shard)).orElseThrow();
    }

    private boolean parentsDrained(ShardTree.Node node) throws InterruptedException {
        for (var parent : node.parents()) {
            if (nodes.containsKey(parent) && !isDrained(parent)) {
                return false;
            }
        }
        return true;
    }

    private boolean isDrained(ShardKey shard) throws InterruptedException {
        var known = drained.get(shard);
        if (known == null) {
            var checkpoint = checkpoints.get(shard);
            var bounds = Positions.await(shards.bounds(shard));
            known =
                    checkpoint != null
                            && bounds.closed()
                            && checkpoint.index() >= bounds.nextIndex();
            drained.put(shard, known);
        }
        return known;
    }

    /** True if the consumer read this shard's parents, so that it must miss nothing of it. */
    private boolean continuesFollowed(ShardKey shard, Map<ShardKey, Checkpoint> stored) {
        var parents = Optional.ofNullable(nodes.get(shard)).orElseThrow().parents();
        if (parents.isEmpty()) {
            return false;
        }
        // Parents that are gone were read, or passed retention, while no member ran.
        return parents.stream().noneMatch(nodes::containsKey)
                ? !stored.isEmpty()
                : parents.stream().anyMatch(stored::containsKey);
    }
}
