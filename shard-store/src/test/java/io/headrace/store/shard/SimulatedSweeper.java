package io.headrace.store.shard;

import static java.util.stream.Collectors.toSet;

import io.headrace.store.ShardKey;
import io.headrace.store.journal.ObjectJournals;
import io.headrace.store.journal.Rule;
import io.headrace.store.journal.Rules;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.simulation.Scheduler;
import java.io.IOException;
import java.util.Random;
import java.util.Set;

/**
 * An operator who collects what nothing refers to, on a machine of his own, as often and as slowly
 * as it comes; and one who checks. For the driver.
 */
final class SimulatedSweeper {
    private final SimulatedCluster cluster;
    private final Scheduler.Machine machine;
    private Rules rules;
    private int removed;

    SimulatedSweeper(SimulatedCluster cluster) {
        this.cluster = cluster;
        machine = cluster.scheduler.machine("operator");
        rules = cluster.rules;
    }

    /** From now on he leaves out a rule that everybody else keeps. */
    void leaveOut(Rule rule) {
        rules = Rules.without(rule);
    }

    int removed() {
        return removed;
    }

    void collect() {
        machine.start(
                "collects",
                () -> {
                    try {
                        new StoreGc(
                                        cluster.store,
                                        journals(cluster.store),
                                        sharing(),
                                        heard(),
                                        false)
                                .run(this::streams);
                    } catch (IOException e) {
                        // It did not get that far.
                    } catch (DamagedBlockException e) {
                        cluster.noting(() -> {
                            throw new Promise.Broken(Promise.READABLE, e.toString());
                        });
                    }
                });
    }

    /** Nothing is damaged, while everybody stands still at whatever he was doing. */
    void check(ObjectStore objects) {
        try (var workers = new ParallelTasks(1)) {
            var report =
                    new SharedCheck(objects, journals(objects), SharedCheck.Progress.NONE)
                            .run(workers, this::streams);
            var damage = report.findings().stream().filter(ShardCheck.Finding::isDamage).toList();
            Promise.READABLE.require(damage.isEmpty(), "the check finds %s", damage);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Set<Long> streams() {
        return cluster.shards.stream().map(ShardKey::streamId).collect(toSet());
    }

    private Sharing sharing() {
        return new Sharing(ClusterView.ALONE, rules, 1, 1, HotTier.NONE);
    }

    ObjectJournals journals(ObjectStore store) {
        return new ObjectJournals(
                store,
                new ObjectJournals.Seams(
                        Runnable::run,
                        Runnable::run,
                        new Random(7),
                        cluster.scheduler.ticker(),
                        cluster.scheduler::signal),
                new ObjectJournals.Settings(1 << 10, 1, 0),
                rules);
    }

    private StoreGc.Listener heard() {
        return new StoreGc.Listener() {
            @Override
            public void removed(String name, long bytes, String why) {
                removed++;
            }

            @Override
            public void kept(String name, String why) {}
        };
    }
}
