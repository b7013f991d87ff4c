package io.headrace.store.shard;

import io.headrace.store.ShardKey;
import io.headrace.store.journal.ObjectJournals;
import io.headrace.store.journal.Rule;
import io.headrace.store.journal.Rules;
import io.headrace.store.object.MemoryStore;
import io.headrace.store.simulation.RoughStore;
import io.headrace.store.simulation.RoughStore.Weather;
import io.headrace.store.simulation.Scheduler;
import io.headrace.store.simulation.Trace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Nodes that share a store, each as it runs in production, on a scheduler that interleaves them at
 * every call of the store. Nodes crash, freeze and wake up again, and believe what they like about
 * each other; the network loses, repeats and delays. Whatever happens, what was acknowledged stays.
 * The same seed does the same.
 */
final class ClusterSimulation implements AutoCloseable {
    private static final int NODES = 3;
    private static final int SHARDS = 2;
    private static final int SHARDS_MAX = 4;
    private static final int PRODUCERS = 5;
    private static final int SETTLING_STEPS_MAX = 100_000;

    private final long seed;
    private final Random random;
    private final Trace trace;
    private final MemoryStore objects = new MemoryStore();
    private final RoughStore store;
    private final Scheduler scheduler;
    private final SimulatedCluster cluster;
    private final List<ShardModel> models = new ArrayList<>();
    private final List<ClusterProducer> producers = new ArrayList<>();
    final SimulatedSweeper sweeper;
    final SimulatedCopier copier;
    private int started;
    private int restarts;
    private int closed;
    private int late;

    ClusterSimulation(long seed, @Nullable Rule without, Trace trace) {
        this.seed = seed;
        this.trace = trace;
        random = new Random(seed * 0x9e37_79b9_7f4a_7c15L + 7);
        scheduler = new Scheduler(random, trace);
        store = new RoughStore(objects, scheduler, random, trace);
        cluster =
                new SimulatedCluster(
                        scheduler,
                        store,
                        random,
                        without == null ? Rules.ALL : Rules.without(without));
        sweeper = new SimulatedSweeper(cluster);
        copier = new SimulatedCopier(cluster, sweeper);
        for (int i = 0; i < SHARDS; i++) {
            addShard();
        }
        for (int i = 0; i < PRODUCERS; i++) {
            producers.add(new ClusterProducer(cluster, "p" + i));
        }
    }

    private void addShard() {
        var shard = new ShardKey(seed, models.size());
        models.add(new ShardModel(shard));
        cluster.shards.add(shard);
        for (var node : cluster.nodes) {
            node.believe(shard, random.nextBoolean());
        }
    }

    /** Runs so many steps; then lets two nodes read everything, one after the other. */
    ClusterOutcome run(int steps) {
        weather();
        for (int i = 0; i < steps; i++) {
            step();
            act();
            cluster.throwNoted();
        }
        readInPeace();
        afterwards(steps / 3);
        while (store.landOne()) {
            late++;
        }
        readInPeace();
        cluster.throwNoted();
        return new ClusterOutcome(
                seed,
                producers.stream().mapToInt(producer -> producer.acknowledged).sum(),
                restarts,
                cluster.fences,
                cluster.releases,
                cluster.takeOvers,
                cluster.segments,
                cluster.trims,
                closed,
                late,
                sweeper.removed(),
                trace.digest() * 31 + Observations.fingerprint(objects));
    }

    @Override
    public void close() {
        scheduler.close();
    }

    /** What the world does by itself. */
    private void step() {
        scheduler.passTime(random.nextInt(4_000_000));
        int dice = random.nextInt(1000);
        if (dice < 30) {
            late += store.landOne() ? 1 : 0;
        } else if (dice < 36) {
            freezeSome();
        } else if (dice < 50) {
            scheduler.freezeOne(oneOf(20, 100, 400));
        } else if (dice < 51) {
            scheduler.passTime(TimeUnit.SECONDS.toNanos(4));
        } else {
            scheduler.step();
        }
    }

    private void freezeSome() {
        var node = cluster.anyNode();
        if (node != null) {
            node.machine.freeze(oneOf(50, 200, 800));
        }
    }

    private int oneOf(int... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** What people and machines do. */
    private void act() {
        int dice = random.nextInt(1000);
        var node = cluster.anyNode();
        if (node == null || cluster.nodes.size() < NODES) {
            if (dice < 50 || node == null) {
                startNode();
            }
            return;
        }
        if (dice < 80) {
            append(node);
        } else if (dice < 220) {
            node.workOn();
        } else if (dice < 245) {
            read(node, anyModel());
        } else if (dice < 255) {
            node.believe(cluster.anyShard(), random.nextBoolean());
        } else if (dice < 258) {
            releaseSome(node);
        } else if (dice < 260) {
            crash(node);
        } else if (dice < 261) {
            endJournal(node);
        } else if (dice < 262) {
            end(node);
        } else if (dice < 264) {
            weather();
        } else if (dice < 266) {
            sweeper.collect();
        } else if (dice < 269 && copier.isAtWork()) {
            copier.copy(models);
        }
    }

    private void startNode() {
        var node = new SimulatedNode(cluster, "n" + started++);
        cluster.nodes.add(node);
        for (var shard : cluster.shards) {
            node.believe(shard, random.nextInt(3) > 0);
        }
    }

    private ShardModel anyModel() {
        return models.get(random.nextInt(models.size()));
    }

    private void append(SimulatedNode node) {
        producers.get(random.nextInt(PRODUCERS)).append(node, anyModel());
    }

    private void read(SimulatedNode node, ShardModel model) {
        long from = random.nextInt((int) model.nextIndex() + 2);
        int records = 1 + random.nextInt(30);
        int bytes = 1 + random.nextInt(2000);
        node.call(
                "reads " + model.key.number(),
                engine -> engine.shards().read(model.key, from, records, bytes),
                (result, failure) -> {
                    if (result != null) {
                        model.readByAnyone(from, result, Long.MIN_VALUE, Long.MIN_VALUE);
                    } else if (failure != null) {
                        Observations.requireUndamaged(failure);
                    }
                });
    }

    private void releaseSome(SimulatedNode node) {
        cluster.releases++;
        if (random.nextInt(4) == 0) {
            node.drain();
        } else {
            var _ = node.release(cluster.anyShard());
        }
    }

    private void crash(SimulatedNode node) {
        restarts++;
        node.machine.crash();
        cluster.nodes.remove(node);
    }

    /** Someone who has nothing to do with it ends a journal. */
    private void endJournal(SimulatedNode node) {
        var id = node.journalId();
        var journals =
                new ObjectJournals(
                        cluster.store,
                        new ObjectJournals.Seams(
                                Runnable::run,
                                Runnable::run,
                                new Random(random.nextLong()),
                                scheduler.ticker(),
                                scheduler::signal),
                        new ObjectJournals.Settings(1 << 10, 1, 0),
                        cluster.rules);
        scheduler
                .machine("foreigner")
                .start(
                        "ends a journal",
                        () -> {
                            try {
                                journals.seal(id);
                            } catch (IOException e) {
                                // It did not get that far.
                            }
                        });
    }

    /** A shard ends, as in a split; a child goes on in its place. */
    private void end(SimulatedNode node) {
        if (models.size() == SHARDS_MAX) {
            return;
        }
        var model = anyModel();
        var shard = model.key;
        cluster.closing.add(shard);
        node.call(
                "ends " + shard.number(),
                engine -> engine.shards().close(shard),
                (bounds, failure) -> {
                    if (bounds != null) {
                        model.closed(bounds.nextIndex());
                        if (models.size() < SHARDS_MAX) {
                            closed++;
                            addShard();
                        }
                    }
                });
    }

    private void weather() {
        store.setWeather(
                switch (random.nextInt(4)) {
                    case 0 -> Weather.CALM;
                    case 1 -> Weather.MILD;
                    default -> Weather.ROUGH;
                });
    }

    /** A node of its own takes everything over while all others stand still. */
    private void readInPeace() {
        store.setWeather(Weather.CALM);
        cluster.calm = true;
        cluster.nodes.forEach(node -> node.machine.freeze(Integer.MAX_VALUE / 2));
        scheduler.freezeAll();
        var node = new SimulatedNode(cluster, "reader" + started++);
        cluster.shards.forEach(shard -> node.believe(shard, true));
        while (!node.isOpen()) {
            scheduler.step();
        }
        for (var model : models) {
            readAll(node, model);
        }
        sweeper.check(objects);
        cluster.calm = false;
        cluster.nodes.add(node);
        cluster.throwNoted();
    }

    private void readAll(SimulatedNode node, ShardModel model) {
        var indexes = new HashSet<Long>();
        for (long index = 0; ; ) {
            var result = readAt(node, model.key, index);
            model.read(index, result, Long.MIN_VALUE, Long.MIN_VALUE);
            for (var slice : result.slices()) {
                for (long i = slice.fromIndex(); i < slice.toIndex(); i++) {
                    Promise.ONE_PLACE_EACH.require(indexes.add(i), "%d was read twice", i);
                }
            }
            index = result.nextIndex();
            if (index >= result.bounds().nextIndex()) {
                break;
            }
        }
        model.complete(indexes, Long.MIN_VALUE);
        Promise.READABLE.require(
                indexes.stream().allMatch(i -> i < indexes.size()),
                "%s has holes: %s",
                model.key,
                indexes);
    }

    private ReadResult readAt(SimulatedNode node, ShardKey shard, long index) {
        var answer = new CompletableFuture<ReadResult>();
        node.call(
                "reads " + shard.number() + " at " + index,
                engine -> engine.shards().read(shard, index, 100, 10_000),
                (result, failure) -> {
                    if (result != null) {
                        answer.complete(result);
                    } else if (failure != null) {
                        answer.completeExceptionally(failure);
                    }
                });
        for (int i = 0; !answer.isDone(); i++) {
            Promise.READABLE.require(i < SETTLING_STEPS_MAX, "no answer: %s", scheduler.describe());
            if (!scheduler.step()) {
                scheduler.passTime(50_000_000);
                node.workOn();
            }
        }
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw new Promise.Broken(
                    Promise.READABLE, "%d of %s: %s".formatted(index, shard, e.getCause()));
        }
    }

    /** Those who stood still go on, as if nothing had happened, and what was sent arrives. */
    private void afterwards(int steps) {
        store.setWeather(Weather.ROUGH);
        scheduler.thaw();
        for (var node : cluster.nodes) {
            cluster.shards.forEach(shard -> node.believe(shard, random.nextInt(4) == 0));
        }
        if (random.nextBoolean()) {
            cluster.nodes.removeLast().machine.crash();
        }
        for (int i = 0; i < steps; i++) {
            step();
            var node = cluster.anyNode();
            if (node == null) {
                continue;
            }
            int dice = random.nextInt(1000);
            if (dice < 60) {
                append(node);
            } else if (dice < 200) {
                node.workOn();
            } else if (dice < 220) {
                read(node, anyModel());
            }
            cluster.throwNoted();
        }
    }
}
