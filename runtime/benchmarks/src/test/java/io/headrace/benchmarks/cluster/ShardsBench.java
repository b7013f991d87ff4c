package io.headrace.benchmarks.cluster;

import static io.headrace.benchmarks.cluster.ClusterBench.say;

import io.headrace.objects.S3Server;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Many shards on three nodes: how long it takes to make them, to start with them, and to take over
 * those of a node that dies; what they take of each heap; what an idle cluster asks of the store.
 */
final class ShardsBench {
    private static final int NODES = 3;
    private static final int HEARTBEAT_MS = 10_000;
    private static final int IDLE_SECONDS = 30;
    private static final int QUIET_SECONDS = 12;
    private static final long LIMIT_MS = 180_000;

    private final Path work;
    private final S3Server store;
    private final int shards;
    private final Table table = new Table("", "");

    ShardsBench(Path work, S3Server store, BenchSettings settings) {
        this.work = work;
        this.store = store;
        this.shards = settings.shards();
    }

    void run(PrintStream out) throws IOException, InterruptedException {
        try (var proxy = new CountingProxy(store.endpoint())) {
            var shape =
                    new BenchCluster.Shape(
                            "shards", NODES, Optional.of(proxy.endpoint()), HEARTBEAT_MS, "");
            try (var cluster = new BenchCluster(work, shape)) {
                run(cluster, proxy);
            }
        }
        table.print(out);
        out.printf(
                "%,d shards on %d nodes, heartbeat timeout %d ms; figures of one run.%n",
                shards, NODES, HEARTBEAT_MS);
    }

    private void run(BenchCluster cluster, CountingProxy proxy)
            throws IOException, InterruptedException {
        say("shards: start of %d nodes".formatted(NODES));
        row("ready, all three at once, empty", times(cluster.start()));
        row("live heap of each, empty", heaps(cluster));
        long begin = System.nanoTime();
        cluster.createStream(shards);
        row("CreateStream of %,d shards until ACTIVE".formatted(shards), seconds(begin));
        say("shards: made");
        var hashKeys = cluster.hashKeys(BenchCluster.STREAM);
        begin = System.nanoTime();
        cluster.writeEach(hashKeys.values());
        row("a first record in each, %d a request".formatted(BenchCluster.AT_ONCE), seconds(begin));
        cluster.awaitOwned(shards);
        say("shards: written");
        row("live heap of each", heaps(cluster));
        idle(proxy);
        cluster.stop();
        say("shards: start again");
        row("ready, all three at once, after a stop", times(cluster.start()));
        begin = System.nanoTime();
        cluster.writeEach(hashKeys.values());
        row("a record in each after that", seconds(begin));
        cluster.awaitOwned(shards);
        row("live heap of each, after that", heaps(cluster));
        failOver(cluster, hashKeys);
        row("live heap of the other two, after that", heaps(cluster));
    }

    private void idle(CountingProxy proxy) throws InterruptedException {
        say("shards: idle for %d s".formatted(QUIET_SECONDS + IDLE_SECONDS));
        // What the writes left behind is not idleness.
        Thread.sleep(QUIET_SECONDS * 1_000L);
        var before = proxy.counts();
        Thread.sleep(IDLE_SECONDS * 1_000L);
        var counts = new TreeMap<String, Long>();
        proxy.counts()
                .forEach((method, count) ->
                        counts.put(
                                method,
                                (count - before.getOrDefault(method, 0L)) * 60 / IDLE_SECONDS));
        long sum = counts.values().stream().mapToLong(Long::longValue).sum();
        row("requests to the store a minute, all idle", "%,d %s".formatted(sum, counts));
    }

    private void failOver(BenchCluster cluster, Map<Integer, BigInteger> hashKeys)
            throws IOException, InterruptedException {
        say("shards: fail-over");
        var lost = new TreeMap<Integer, BigInteger>();
        cluster.ownersOfOneStream(0)
                .forEach((shard, owner) -> {
                    if (owner == NODES - 1) {
                        lost.put(shard, hashKeys.get(shard));
                    }
                });
        var others = new ArrayList<URI>();
        for (int i = 0; i < NODES - 1; i++) {
            others.add(cluster.node(i).endpoint());
        }
        try (var writers = new ShardWriters(BenchCluster.STREAM, lost, others, 1_000)) {
            writers.mark();
            writers.awaitBack(lost.keySet(), LIMIT_MS);
            long failures = writers.failures();
            writers.mark();
            cluster.node(NODES - 1).kill();
            writers.awaitBack(lost.keySet(), LIMIT_MS);
            var took = new Samples();
            for (int shard : lost.keySet()) {
                took.add(writers.gaps(shard).back().orElseThrow() / 1e9);
            }
            row(
                    "kill -9 of one: until a record sent after it was taken, %,d shards"
                            .formatted(lost.size()),
                    String.format(
                            Locale.ROOT,
                            "p50 %.1f s, p99 %.1f s, max %.1f s; %,d requests refused",
                            took.median(),
                            took.percentile(99),
                            took.max(),
                            writers.failures() - failures));
        }
    }

    private String heaps(BenchCluster cluster) throws IOException, InterruptedException {
        var bytes = new ArrayList<String>();
        for (var node : cluster.nodes()) {
            if (node.isAlive()) {
                bytes.add(Long.toString(LiveHeap.bytes(node.pid()) >> 20));
            }
        }
        return String.join(", ", bytes) + " MB";
    }

    private void row(String what, String figure) {
        table.row(what, figure);
        say("shards: %s: %s".formatted(what, figure));
    }

    private static String times(List<Long> ms) {
        return String.format(Locale.ROOT, "%.1f s", Collections.max(ms) / 1e3);
    }

    private static String seconds(long begin) {
        return String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - begin) / 1e9);
    }
}
