package io.headrace.benchmarks.cluster;

import static io.headrace.benchmarks.cluster.ClusterBench.say;

import io.headrace.objects.S3Server;
import io.headrace.testkit.HeadraceNode;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * How long a shard takes no record when its owner dies, leaves or comes back, under steady writes
 * to every shard; beside the PUTs to the store of the same while.
 */
final class MovesBench {
    private static final int NODES = 3;
    private static final int SHARDS = 12;
    private static final int HEARTBEAT_MS = 5_000;
    private static final long WRITE_EVERY_MS = 5;
    private static final long LIMIT_MS = 90_000;
    private static final long HALF_SECONDS_MAX = 140;

    /** After a move, so that its last pause is over, and the next blow meets a cluster at rest. */
    private static final long CALM_MS = 700;

    private final Path work;
    private final S3Server store;
    private final BenchSettings settings;
    private final SplittableRandom random = new SplittableRandom(20_261_123);
    private final Samples killed = new Samples();
    private final Samples others = new Samples();
    private final Samples drained = new Samples();
    private final Samples joined = new Samples();
    private final Samples calm = new Samples();
    private int kills;
    private int drains;

    MovesBench(Path work, S3Server store, BenchSettings settings) {
        this.work = work;
        this.store = store;
        this.settings = settings;
    }

    void run(PrintStream out) throws IOException, InterruptedException {
        say("failover: start of %d nodes".formatted(NODES));
        var shape =
                new BenchCluster.Shape(
                        "moves", NODES, Optional.of(store.endpoint()), HEARTBEAT_MS, "");
        try (var cluster = new BenchCluster(work, shape)) {
            cluster.start();
            cluster.createStream(SHARDS);
            try (var writers =
                            new ShardWriters(
                                    BenchCluster.STREAM,
                                    cluster.hashKeys(BenchCluster.STREAM),
                                    endpoints(cluster, -1),
                                    WRITE_EVERY_MS);
                    var puts = new PutProbe(store)) {
                writers.mark();
                writers.awaitBack(shards(), LIMIT_MS);
                cluster.awaitSettled(SHARDS);
                Thread.sleep(settings.warmUpSeconds() * 1_000L);
                long begin = System.nanoTime();
                for (int blow = 1; isTime(begin, blow, 1); blow++) {
                    kill(cluster, writers);
                    kills++;
                    say("failover: kill %d of %d".formatted(blow, settings.blows()));
                }
                for (int blow = 1; isTime(begin, blow, 2); blow++) {
                    drain(cluster, writers);
                    drains++;
                    say("failover: drain and return %d of %d".formatted(blow, settings.blows()));
                }
                table(out, puts.tookMs(), writers.failures());
            }
        }
    }

    /** A machine under load makes fewer blows rather than take for ever. */
    private boolean isTime(long begin, int blow, int halves) {
        return blow <= settings.blows()
                && System.nanoTime() - begin < halves * HALF_SECONDS_MAX * 1_000_000_000L;
    }

    private void kill(BenchCluster cluster, ShardWriters writers)
            throws IOException, InterruptedException {
        int struck = random.nextInt(NODES);
        var lost = ownedBy(cluster, struck);
        writers.ask(endpoints(cluster, struck), LIMIT_MS);
        writers.mark();
        cluster.node(struck).kill();
        writers.awaitBack(shards(), LIMIT_MS);
        for (int shard : shards()) {
            if (lost.contains(shard)) {
                killed.add(writers.gaps(shard).back().orElseThrow() / 1e6);
            } else {
                others.add(writers.gaps(shard).longest() / 1e6);
            }
        }
        say(
                "failover: all %d shards are back, p50 of all so far %s ms"
                        .formatted(lost.size(), ms(killed.median())));
        cluster.node(struck).start();
        say("failover: the node is ready again");
        rest(cluster);
        writers.ask(endpoints(cluster, -1), LIMIT_MS);
    }

    private void drain(BenchCluster cluster, ShardWriters writers)
            throws IOException, InterruptedException {
        int struck = random.nextInt(NODES);
        writers.mark();
        Thread.sleep(CALM_MS);
        shards().forEach(shard -> calm.add(writers.gaps(shard).longest() / 1e6));
        var moved = ownedBy(cluster, struck);
        writers.mark();
        Drain.run(cluster.node((struck + 1) % NODES).endpoint(), "node-" + struck);
        Thread.sleep(CALM_MS);
        writers.awaitBack(moved, LIMIT_MS);
        moved.forEach(shard -> drained.add(writers.gaps(shard).longest() / 1e6));
        writers.ask(endpoints(cluster, struck), LIMIT_MS);
        cluster.node(struck).terminate(Duration.ofMinutes(1));
        writers.mark();
        cluster.node(struck).start();
        rest(cluster);
        for (int shard : ownedBy(cluster, struck)) {
            joined.add(writers.gaps(shard).longest() / 1e6);
        }
        writers.ask(endpoints(cluster, -1), LIMIT_MS);
    }

    private static void rest(BenchCluster cluster) throws IOException, InterruptedException {
        cluster.awaitSettled(SHARDS);
        Thread.sleep(CALM_MS);
    }

    private static List<Integer> shards() {
        var all = new ArrayList<Integer>();
        for (int shard = 0; shard < SHARDS; shard++) {
            all.add(shard);
        }
        return all;
    }

    private static Set<Integer> ownedBy(BenchCluster cluster, int node)
            throws IOException, InterruptedException {
        var owned = new TreeSet<Integer>();
        cluster.ownersOfOneStream((node + 1) % NODES)
                .forEach((shard, owner) -> {
                    if (owner == node) {
                        owned.add(shard);
                    }
                });
        return owned;
    }

    private static List<URI> endpoints(BenchCluster cluster, int without) {
        var endpoints = new ArrayList<URI>();
        for (int i = 0; i < NODES; i++) {
            if (i != without) {
                endpoints.add(cluster.node(i).endpoint());
            }
        }
        return endpoints;
    }

    private void table(PrintStream out, Samples puts, long failures) {
        double put = puts.median();
        var table = new Table("", "shards", "p50 ms", "max ms", "p50", "max");
        table.row("PUT of 1 KB meanwhile", "", ms(put), ms(puts.max()), "1", "");
        row(
                table,
                "kill -9 of the owner: until a record sent after it was taken",
                killed,
                HEARTBEAT_MS,
                " heartbeat timeouts");
        row(table, "meanwhile, shards of other nodes: longest pause", others, put, " PUTs");
        row(table, "drain: longest pause", drained, put, " PUTs");
        row(table, "return: longest pause", joined, put, " PUTs");
        row(table, "at rest: longest pause in %d ms".formatted(CALM_MS), calm, put, " PUTs");
        table.print(out);
        out.printf(
                Locale.ROOT,
                "%d kills, %d drains and returns of %d nodes with %d shards, a writer a shard, %d ms between its records; heartbeat timeout %d ms; %d requests refused or lost.%n",
                kills,
                drains,
                NODES,
                SHARDS,
                WRITE_EVERY_MS,
                HEARTBEAT_MS,
                failures);
    }

    /** A row, with the times as multiples of a unit. */
    private static void row(Table table, String what, Samples ms, double unitMs, String unit) {
        if (ms.size() == 0) {
            table.row(what, "none", "", "", "", "");
            return;
        }
        table.row(
                what,
                Integer.toString(ms.size()),
                ms(ms.median()),
                ms(ms.max()),
                ratio(ms.median() / unitMs) + unit,
                ratio(ms.max() / unitMs) + unit);
    }

    private static String ms(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String ratio(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    /** Has a node give away its shards, as an operator does. */
    private static final class Drain {
        private Drain() {}

        static void run(URI teller, String name) throws IOException, InterruptedException {
            var home = HeadraceNode.findHome().orElseThrow();
            var process =
                    new ProcessBuilder(
                                    home.resolve("headrace").toString(),
                                    "cluster",
                                    "drain",
                                    name,
                                    "--endpoint",
                                    teller.toString())
                            .redirectErrorStream(true)
                            .start();
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException("the drain of " + name + " failed: " + said);
            }
        }
    }
}
