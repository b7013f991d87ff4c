package io.headrace.benchmarks.cluster;

import static io.headrace.benchmarks.cluster.ClusterBench.say;

import io.headrace.objects.S3Server;
import io.headrace.testkit.HeadraceNode;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a record costs: on one node and its disk, and on one, two and three over an object store;
 * put at its shard's owner, at any node, at another node, all at one; with and without the hot tier
 * and its backup. PutRecords of 500 records of 1 KB, as many connections everywhere.
 */
final class ScaleBench {
    static final int RECORDS = 500;
    static final int RECORD_BYTES = 1_024;

    private static final int SHARDS = 12;
    private static final int CONNECTIONS = 12;
    private static final int HEARTBEAT_MS = 10_000;

    private final Path work;
    private final S3Server store;
    private final BenchSettings settings;
    private final ProcessCpu cpu;
    private final Map<String, Cost> costs = new LinkedHashMap<>();

    /** What a way of putting costs, a sample a round. */
    private record Cost(
            Samples rate, Samples nodes, Samples busiest, Samples store, Samples refused) {
        Cost() {
            this(new Samples(), new Samples(), new Samples(), new Samples(), new Samples());
        }
    }

    ScaleBench(Path work, S3Server store, BenchSettings settings)
            throws IOException, InterruptedException {
        this.work = work;
        this.store = store;
        this.settings = settings;
        cpu = ProcessCpu.ofThisMachine();
    }

    void run(PrintStream out) throws IOException, InterruptedException {
        measure("1 node, its own disk", "disk", 1, false, "", List.of(Way.ANY));
        measure("1 node", "one", 1, true, "", List.of(Way.ANY));
        measure("2 nodes", "two", 2, true, "", List.of(Way.ANY, Way.OWNER, Way.OTHER));
        measure("3 nodes", "three", 3, true, "", List.of(Way.values()));
        var single = "-Dheadrace.test.hot-tier=single";
        measure("3 nodes, hot tier without backup", "single", 3, true, single, List.of(Way.OWNER));
        var off = "-Dheadrace.test.hot-tier=off";
        measure("3 nodes, no hot tier", "off", 3, true, off, List.of(Way.OWNER));
        table(out);
    }

    private void measure(
            String title, String name, int nodes, boolean onStore, String options, List<Way> ways)
            throws IOException, InterruptedException {
        say("%s: start".formatted(title));
        var where = onStore ? Optional.of(store.endpoint()) : Optional.<URI>empty();
        var shape = new BenchCluster.Shape(name, nodes, where, HEARTBEAT_MS, options);
        try (var cluster = new BenchCluster(work, shape)) {
            cluster.start();
            cluster.createStream(SHARDS);
            var routes = new Routes(cluster, SHARDS, CONNECTIONS);
            try (var load = new PutLoad(routes.of(Way.ANY, true))) {
                load.await(settings.warmUpSeconds());
            }
            if (onStore) {
                cluster.awaitOwned(SHARDS);
                routes.learnOwners();
            }
            for (int round = 1; round <= settings.rounds(); round++) {
                for (boolean isCbor : new boolean[] {false, true}) {
                    for (var way : ways) {
                        var row =
                                "%s | %s | %s"
                                        .formatted(title, way.shown, isCbor ? "CBOR" : "JSON");
                        var cost = costs.computeIfAbsent(row, any -> new Cost());
                        try (var load = new PutLoad(routes.of(way, isCbor))) {
                            load.await(1);
                            record(cluster, load, cost);
                        }
                    }
                }
                say("%s: round %d of %d".formatted(title, round, settings.rounds()));
            }
        }
    }

    private void record(BenchCluster cluster, PutLoad load, Cost cost)
            throws IOException, InterruptedException {
        var pids = cluster.nodes().stream().map(HeadraceNode::pid).toList();
        var before = new ArrayList<Double>();
        for (long pid : pids) {
            before.add(cpu.seconds(pid));
        }
        double storeBefore = cpu.seconds(store.pid());
        long records = load.records();
        long refused = load.refused();
        long begin = System.nanoTime();
        load.await(settings.secondsEach());
        double seconds = (System.nanoTime() - begin) / 1e9;
        double millions = (load.records() - records) / 1e6;
        if (millions == 0) {
            say("nothing was acknowledged in %.1f s".formatted(seconds));
            return;
        }
        double all = 0;
        double busiest = 0;
        for (int i = 0; i < pids.size(); i++) {
            double used = cpu.seconds(pids.get(i)) - before.get(i);
            all += used;
            busiest = Math.max(busiest, used);
        }
        cost.rate().add(millions * 1e6 / seconds);
        cost.nodes().add(all / millions);
        cost.busiest().add(busiest / millions);
        cost.store().add((cpu.seconds(store.pid()) - storeBefore) / millions);
        cost.refused().add((double) (load.refused() - refused));
    }

    private void table(PrintStream out) {
        var table =
                new Table(
                        "",
                        "put at",
                        "",
                        "records/s",
                        "CPU s/M of all nodes",
                        "of the busiest node",
                        "of the store",
                        "refused");
        costs.forEach((row, cost) -> {
            var cells = new ArrayList<>(List.of(row.split(" \\| ", -1)));
            if (cost.rate().size() == 0) {
                cells.addAll(List.of("none", "", "", "", ""));
                table.row(cells.toArray(String[]::new));
                return;
            }
            cells.add("%,.0f".formatted(cost.rate().median()));
            cells.add(twoDigits(cost.nodes().median()));
            cells.add(twoDigits(cost.busiest().median()));
            cells.add(twoDigits(cost.store().median()));
            cells.add("%.0f".formatted(cost.refused().max()));
            table.row(cells.toArray(String[]::new));
        });
        table.print(out);
        out.printf(
                "Medians of %d measurements of %d s, in turns of those of one start.%n",
                settings.rounds(), settings.secondsEach());
    }

    private static String twoDigits(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
