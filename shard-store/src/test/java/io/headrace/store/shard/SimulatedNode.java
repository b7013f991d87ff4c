package io.headrace.store.shard;

import io.headrace.store.ShardKey;
import io.headrace.store.StoreEvents;
import io.headrace.store.StoreSettings;
import io.headrace.store.journal.ObjectJournals;
import io.headrace.store.record.BlockCipher;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.simulation.Scheduler;
import io.headrace.store.simulation.Scheduler.Strand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One process of a simulated cluster, from its start to its crash: an engine, the loops that drive
 * it, and what it believes of the others, which the driver makes up. For the driver.
 */
final class SimulatedNode {
    /** Everything small, so that little is needed to reach every limit. */
    private static final StoreSettings SMALL =
            new StoreSettings(
                    Path.of("unused"),
                    32 << 10,
                    4 << 10,
                    8 << 10,
                    600,
                    24 << 10,
                    100,
                    1 << 10,
                    8 << 10,
                    2,
                    500,
                    3 << 10,
                    4_000,
                    2_000,
                    20);

    private static final int ENTRIES_MAX = 12;
    private static final long ANSWER_NANOS_MAX = TimeUnit.SECONDS.toNanos(2);

    final Scheduler.Machine machine;
    private final SimulatedCluster cluster;
    private final Set<ShardKey> believedHere = new HashSet<>();
    private final Strand[] loops;
    private @Nullable ShardEngine engine;

    SimulatedNode(SimulatedCluster cluster, String name) {
        this.cluster = cluster;
        machine = cluster.scheduler.machine(name);
        var opening = machine.start("opens", this::open);
        loops = new Strand[] {opening, opening, opening, opening};
    }

    /** In bad weather it ends as a process does that cannot start. */
    private void open() {
        try {
            engine = ShardEngine.open(seams(), SMALL, threads(), SegmentLists.Folding.DEFAULT);
        } catch (IOException e) {
            machine.giveUp();
        }
    }

    private ShardEngine.Seams seams() {
        var scheduler = cluster.scheduler;
        // Its own, so that a number more or less here changes no schedule.
        var random = new Random(cluster.random.nextLong());
        var journals =
                new ObjectJournals(
                        cluster.store,
                        new ObjectJournals.Seams(
                                machine.executor("writes an entry"),
                                Runnable::run,
                                random,
                                scheduler.ticker(),
                                scheduler::signal),
                        new ObjectJournals.Settings(
                                SMALL.entryBytesMax(), TimeUnit.SECONDS.toNanos(5), 0),
                        cluster.rules);
        return new ShardEngine.Seams(
                cluster.store,
                journals,
                shard -> Long.MAX_VALUE,
                BlockCipher.PLAIN,
                scheduler.clock(1_700_000_000_000L),
                scheduler.ticker(),
                random,
                new Events(),
                scheduler::lock,
                new Sharing(new View(), cluster.rules, ENTRIES_MAX, 1, HotTier.NONE));
    }

    private EngineThreads threads() {
        return new EngineThreads(
                machine.executor("reads"),
                machine.executor("works in the background"),
                machine.executor("hands over"),
                machine.executor("compacts"),
                () -> {});
    }

    boolean isOpen() {
        return engine != null && !machine.hasCrashed();
    }

    ShardEngine engine() {
        var opened = engine;
        if (opened == null) {
            throw new IllegalStateException(machine + " is not open");
        }
        return opened;
    }

    /** The journal it writes, so far as anyone can see. */
    String journalId() {
        return engine().journalPoint().journalId();
    }

    void believe(ShardKey shard, boolean here) {
        if (here) {
            believedHere.add(shard);
        } else {
            believedHere.remove(shard);
        }
    }

    /** Takes one step of one of its loops, unless that is still in the last one. */
    void work(int loop) {
        if (!isOpen() || !loops[loop].hasEnded()) {
            return;
        }
        loops[loop] =
                switch (loop) {
                    case 0 -> machine.start("writes", engine()::writeStep);
                    case 1 -> machine.start("syncs", engine()::syncStep);
                    case 2 -> machine.start("maintains", engine()::maintenanceStep);
                    default -> machine.start("prepares", engine()::prepareStep);
                };
    }

    void workOn() {
        for (int loop = 0; loop < loops.length; loop++) {
            work(loop);
        }
    }

    /**
     * Calls the engine from a thread of this process; what it answers is heard unless the process
     * crashed meanwhile.
     */
    <T> void call(
            String what,
            Function<ShardEngine, CompletableFuture<T>> call,
            BiConsumer<@Nullable T, @Nullable Throwable> heard) {
        machine.start(
                what,
                () -> {
                    var _ =
                            call.apply(engine())
                                    .whenComplete((result, failure) -> {
                                        if (isOpen()) {
                                            cluster.noting(() -> heard.accept(result, failure));
                                        }
                                    });
                });
    }

    /** Lets go of a shard; true in the first place once that is done or failed. */
    boolean[] release(ShardKey shard) {
        var done = new boolean[1];
        call("releases", engine -> engine.release(shard), (nothing, failure) -> done[0] = true);
        return done;
    }

    void drain() {
        call("drains", ShardEngine::releaseAll, (nothing, failure) -> {});
    }

    /** What this process thinks of the others is as good as nothing. */
    private final class View implements ClusterView {
        @Override
        public boolean isHere(ShardKey shard) {
            return believedHere.contains(shard);
        }

        @Override
        public Release release(String journalId, ShardKey shard) {
            cluster.takeOvers++;
            if (cluster.calm) {
                return Release.GONE;
            }
            int dice = cluster.random.nextInt(10);
            if (dice < 3) {
                return Release.GONE;
            }
            if (dice < 4) {
                return Release.RELEASED;
            }
            var owner =
                    cluster.nodes.stream()
                            .filter(node -> node.isOpen() && node.journalId().equals(journalId))
                            .findFirst();
            if (owner.isEmpty()) {
                return Release.GONE;
            }
            var done = owner.get().release(shard);
            cluster.scheduler.await("asks for a release", () -> done[0], ANSWER_NANOS_MAX);
            return done[0] ? Release.RELEASED : Release.GONE;
        }
    }

    private final class Events implements StoreEvents {
        @Override
        public void fenced(Exception cause) {
            cluster.fences++;
        }

        @Override
        public void compacted(ShardKey shard, long rawBytes, long storedBytes, long took) {
            cluster.segments++;
        }

        @Override
        public void trimmed(long bytes) {
            cluster.trims++;
        }

        @Override
        public void backgroundFailed(String what, Exception cause) {
            cluster.noting(() ->
                    Promise.READABLE.require(
                            !(cause instanceof DamagedBlockException),
                            "%s on %s: %s",
                            what,
                            machine,
                            cause));
            if (!(cause instanceof IOException)
                    && !(cause instanceof io.headrace.store.RefusedException)
                    && !(cause instanceof DamagedBlockException)) {
                cluster.noting(() -> {
                    throw new AssertionError(what + " on " + machine, cause);
                });
            }
        }
    }
}
