package io.headrace.store.shard;

import io.headrace.store.ShardKey;
import io.headrace.store.journal.Rules;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.simulation.Scheduler;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What the nodes of a simulated cluster have in common; for one simulation. */
final class SimulatedCluster {
    final Scheduler scheduler;
    final ObjectStore store;
    final RandomGenerator random;
    final Rules rules;
    final List<ShardKey> shards = new ArrayList<>();
    final List<SimulatedNode> nodes = new ArrayList<>();

    /** Nobody asks anybody for anything. */
    boolean calm;

    /** Shards that someone asked to end. */
    final Set<ShardKey> closing = new HashSet<>();

    int segments;
    int fences;
    int takeOvers;
    int trims;
    int releases;
    private @Nullable AssertionError broken;

    SimulatedCluster(Scheduler scheduler, ObjectStore store, RandomGenerator random, Rules rules) {
        this.scheduler = scheduler;
        this.store = store;
        this.random = random;
        this.rules = rules;
    }

    /** A future would swallow what is thrown while it completes. */
    void noting(Runnable check) {
        try {
            check.run();
        } catch (AssertionError e) {
            if (broken == null) {
                broken = e;
            }
        }
    }

    void throwNoted() {
        var noted = broken;
        if (noted != null) {
            throw noted;
        }
    }

    ShardKey anyShard() {
        return shards.get(random.nextInt(shards.size()));
    }

    /** Some that is open, whether frozen or not. */
    @Nullable SimulatedNode anyNode() {
        var open = nodes.stream().filter(SimulatedNode::isOpen).toList();
        return open.isEmpty() ? null : open.get(random.nextInt(open.size()));
    }
}
