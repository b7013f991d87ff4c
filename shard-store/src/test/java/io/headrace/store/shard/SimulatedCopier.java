package io.headrace.store.shard;

import io.headrace.store.ShardKey;
import io.headrace.store.journal.EntryGoneException;
import io.headrace.store.object.MemoryStore;
import io.headrace.store.record.Block;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.simulation.Scheduler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * An operator who copies all shards, on a machine of his own, as slowly as it comes. What he has in
 * the end must hold all that was acknowledged before he began, and nothing that others would not
 * read. For the driver.
 */
final class SimulatedCopier {
    private static final int ROUNDS_MAX = 50;

    private final SimulatedCluster cluster;
    private final SimulatedSweeper judge;
    private final Scheduler.Machine machine;
    private boolean isAtWork;
    private int copies;
    private int rounds;

    SimulatedCopier(SimulatedCluster cluster, SimulatedSweeper judge) {
        this.cluster = cluster;
        this.judge = judge;
        machine = cluster.scheduler.machine("copier");
    }

    void work() {
        isAtWork = true;
    }

    boolean isAtWork() {
        return isAtWork;
    }

    /** Copies that came to an end. */
    int copies() {
        return copies;
    }

    /** How often shards had to be copied, all copies together. */
    int rounds() {
        return rounds;
    }

    void copy(List<ShardModel> models) {
        var before = new HashMap<ShardModel, Long>();
        models.forEach(model -> before.put(model, model.nextIndex()));
        machine.start("copies", () -> copy(before));
    }

    private void copy(Map<ShardModel, Long> before) {
        var copy = new MemoryStore();
        var journals = judge.journals(cluster.store);
        try (var workers = new ParallelTasks(new InTurns())) {
            var copies =
                    new ShardCopies(
                            cluster.store,
                            new SharedTails(cluster.store, journals, workers),
                            copy::createIfAbsent,
                            workers,
                            new Random(11),
                            1 << 10,
                            SharedCheck.Progress.NONE);
            var open = new HashMap<ShardKey, Boolean>();
            before.keySet().forEach(model -> open.put(model.key, true));
            for (int round = 0; !open.isEmpty(); round++) {
                if (round == ROUNDS_MAX) {
                    throw new AssertionError("a copy does not come to an end: " + open);
                }
                rounds++;
                open.keySet().retainAll(copies.copy(open).changed());
            }
            copies.finish();
            this.copies++;
            cluster.noting(() -> judge(copy, before));
        } catch (EntryGoneException | DamagedBlockException e) {
            cluster.noting(() -> {
                throw new Promise.Broken(Promise.READABLE, "a copy finds " + e);
            });
        } catch (IOException e) {
            // The store did not answer.
        }
    }

    private void judge(MemoryStore copy, Map<ShardModel, Long> before) {
        judge.check(copy);
        before.forEach((model, acknowledged) -> {
            try (var workers = new ParallelTasks(new InTurns())) {
                var manifest = Manifest.newest(copy, model.key);
                if (manifest.isEmpty()) {
                    Promise.ACKNOWLEDGED_STAYS.require(
                            acknowledged == 0, "a copy lacks %s", model.key);
                    return;
                }
                var tail =
                        new SharedTails(copy, judge.journals(copy), workers)
                                .of(List.of(manifest.get()))
                                .getOrDefault(model.key, new RecoveredBlocks())
                                .tailOf(model.key, manifest);
                Promise.ACKNOWLEDGED_STAYS.require(
                        tail.next() >= acknowledged,
                        "a copy of %s ends at %d of %d",
                        model.key,
                        tail.next(),
                        acknowledged);
                read(model, manifest.get(), tail);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** What is in it others have read, or will read. */
    private static void read(ShardModel model, Manifest manifest, RecoveredBlocks.Tail tail)
            throws IOException {
        var blocks = new ArrayList<Block>();
        for (var found : tail.counted()) {
            blocks.add(Block.read(found.run().journal().read(found.position(), found.length())));
        }
        var bounds = new ShardBounds(manifest.firstIndex(), tail.next(), false, 0);
        model.readByAnyone(
                manifest.nextInSegments(),
                ReadResult.of(
                        bounds,
                        manifest.nextInSegments(),
                        blocks,
                        Integer.MAX_VALUE,
                        Integer.MAX_VALUE),
                Long.MIN_VALUE,
                Long.MIN_VALUE);
    }

    /** Runs each task where it is submitted, so that the scheduler decides what comes next. */
    private static final class InTurns extends AbstractExecutorService {
        private boolean isShutdown;

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void shutdown() {
            isShutdown = true;
        }

        @Override
        public List<Runnable> shutdownNow() {
            isShutdown = true;
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return isShutdown;
        }

        @Override
        public boolean isTerminated() {
            return isShutdown;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return isShutdown;
        }
    }
}
