package io.headrace.store.consumer;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.shard.Checkpoint;
import io.headrace.store.shard.Shards;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which shards a consumer may read now, decided from the tree, the checkpoints and the shards'
 * ends. A view of one moment, for one thread. Shards are gone through by number, in which parents
 * come before their children. What fails for one shard is logged and stops only it and what comes
 * after it.
 */
final class Following {
    private static final Logger LOG = LoggerFactory.getLogger(Following.class);

    private final String consumer;
    private final Shards shards;
    private final Checkpoints store;
    private final NavigableMap<ShardKey, ShardTree.Node> nodes;
    private final Map<ShardKey, Checkpoint> checkpoints = new HashMap<>();
    private final Set<ShardKey> unreadable = new HashSet<>();
    private final Set<ShardKey> gone = new HashSet<>();

    private Following(
            String consumer,
            Shards shards,
            Checkpoints store,
            NavigableMap<ShardKey, ShardTree.Node> nodes) {
        this.consumer = consumer;
        this.shards = shards;
        this.store = store;
        this.nodes = nodes;
    }

    /**
     * Looks, gives every shard that has no checkpoint yet its first one, and removes those of
     * shards that retention took.
     */
    static Following look(
            String consumer,
            ShardTree tree,
            Shards shards,
            Checkpoints checkpoints,
            StartPosition start)
            throws IOException, InterruptedException {
        var nodes =
                tree.shards().stream()
                        .collect(
                                Collectors.toMap(
                                        ShardTree.Node::shard,
                                        node -> node,
                                        (one, _) -> one,
                                        TreeMap::new));
        var following = new Following(consumer, shards, checkpoints, nodes);
        var stored = following.load();
        var followed = following.followed();
        // Children first: so that a parent's checkpoint, once there, proves that a child without
        // one came later, and is to be read from its beginning.
        var waiting = new HashSet<ShardKey>();
        for (var node : nodes.descendingMap().values()) {
            var shard = node.shard();
            if (waiting.contains(shard)
                    || !following.begin(shard, followed.contains(shard), start)) {
                waiting.add(shard);
                waiting.addAll(node.parents());
            }
        }
        if (waiting.isEmpty()) {
            following.removeDropped(stored);
        }
        return following;
    }

    /** Shards whose parents are drained and that are not themselves, in order. */
    List<ShardKey> readable() throws InterruptedException {
        var readable = new ArrayList<ShardKey>();
        var drained = new HashSet<ShardKey>();
        for (var node : nodes.values()) {
            boolean parentsDrained =
                    node.parents().stream()
                            .noneMatch(parent ->
                                    nodes.containsKey(parent) && !drained.contains(parent));
            if (!parentsDrained) {
                continue;
            }
            // One that was closed empty is drained only once what came before it is.
            if (isAtItsEnd(node.shard())) {
                drained.add(node.shard());
            } else if (checkpoints.containsKey(node.shard())) {
                readable.add(node.shard());
            }
        }
        return readable;
    }

    Checkpoint checkpoint(ShardKey shard) {
        return Optional.ofNullable(checkpoints.get(shard)).orElseThrow();
    }

    /** Loads the checkpoints of this stream; another one's would prove nothing here. */
    private List<ShardKey> load() throws IOException {
        var streams = nodes.keySet().stream().map(ShardKey::streamId).collect(Collectors.toSet());
        var stored = new ArrayList<ShardKey>();
        for (var shard : streams.isEmpty() ? Set.<ShardKey>of() : store.shards(consumer)) {
            if (!streams.contains(shard.streamId())) {
                continue;
            }
            stored.add(shard);
            try {
                store.load(consumer, shard).ifPresent(found -> checkpoints.put(shard, found));
            } catch (IOException | RefusedException | DamagedBlockException e) {
                unreadable.add(shard);
                LOG.warn("consumer {} cannot go on in {}: its checkpoint", consumer, shard, e);
            }
        }
        return stored;
    }

    /** Shards that came after the consumer began: it must miss nothing of them. */
    private Set<ShardKey> followed() {
        var followed = new HashSet<ShardKey>();
        var known = new HashSet<>(checkpoints.keySet());
        known.addAll(unreadable);
        for (var node : nodes.values()) {
            var parents = node.parents();
            boolean orphan = !parents.isEmpty() && parents.stream().noneMatch(nodes::containsKey);
            if (parents.stream().anyMatch(parent -> known.contains(parent))
                    || parents.stream().anyMatch(followed::contains)
                    // Its parents were read, or passed retention, while no member ran.
                    || (orphan && known.stream().anyMatch(node::isAfter))) {
                followed.add(node.shard());
            }
        }
        return followed;
    }

    /** Gives a shard its first checkpoint; false if it has none now. */
    private boolean begin(ShardKey shard, boolean followed, StartPosition start)
            throws IOException, InterruptedException {
        if (checkpoints.containsKey(shard) || unreadable.contains(shard)) {
            return true;
        }
        try {
            long index = followed ? 0 : Positions.resolve(shards, shard, start);
            checkpoints.put(shard, store.create(consumer, shard, index));
            return true;
        } catch (RefusedException e) {
            if (e.code() == ErrorCode.RESOURCE_NOT_FOUND) {
                gone.add(shard);
                return true;
            }
            LOG.warn("consumer {} cannot begin in {} and before it", consumer, shard, e);
            return false;
        } catch (DamagedBlockException e) {
            LOG.warn("consumer {} cannot begin in {} and before it", consumer, shard, e);
            return false;
        }
    }

    /**
     * A shard the tree no longer has never comes back, and every shard to come is a child of one
     * that has its checkpoint by now. Numbers above the tree's are of a newer tree than ours.
     */
    private void removeDropped(List<ShardKey> stored) {
        for (var shard : stored) {
            var above = nodes.higherKey(shard);
            if (!nodes.containsKey(shard)
                    && above != null
                    && above.streamId() == shard.streamId()) {
                try {
                    store.remove(consumer, shard);
                } catch (IOException e) {
                    LOG.warn("consumer {} keeps its checkpoint of {} for now", consumer, shard, e);
                }
            }
        }
    }

    private boolean isAtItsEnd(ShardKey shard) throws InterruptedException {
        if (gone.contains(shard)) {
            return true;
        }
        var checkpoint = checkpoints.get(shard);
        try {
            var bounds = Positions.await(shards.bounds(shard));
            return checkpoint != null
                    && bounds.closed()
                    && checkpoint.index() >= bounds.nextIndex();
        } catch (RefusedException e) {
            if (e.code() == ErrorCode.RESOURCE_NOT_FOUND) {
                // Its records went before it left the tree; there is nothing to wait for.
                return true;
            }
            LOG.warn("whether consumer {} read {} to its end is unknown", consumer, shard, e);
            return false;
        }
    }
}
