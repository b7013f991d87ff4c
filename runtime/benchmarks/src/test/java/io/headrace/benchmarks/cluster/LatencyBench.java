package io.headrace.benchmarks.cluster;

import static io.headrace.benchmarks.cluster.ClusterBench.say;

import io.headrace.objects.S3Server;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * How long an idle cluster takes to acknowledge a PutRecord, at its shard's owner and elsewhere,
 * beside a PUT of an object as large as the journal's entry to the same store: all in turns.
 */
final class LatencyBench {
    private static final int NODES = 3;
    private static final int SHARDS = 6;
    private static final int WARM_UP_TURNS = 1_500;
    private static final int TURNS = 700;
    private static final int HEARTBEAT_MS = 10_000;

    /** For what follows an acknowledgement, so that it burdens nobody's turn. */
    private static final long REST_MS = 3;

    private final Path work;
    private final S3Server store;
    private final BenchSettings settings;

    /** One contender, a sample a round. */
    private record Contender(String name, Turn turn, Samples p50, Samples p99) {
        Contender(String name, Turn turn) {
            this(name, turn, new Samples(), new Samples());
        }
    }

    @FunctionalInterface
    private interface Turn {
        long nanos() throws IOException;
    }

    LatencyBench(Path work, S3Server store, BenchSettings settings) {
        this.work = work;
        this.store = store;
        this.settings = settings;
    }

    void run(PrintStream out) throws IOException, InterruptedException {
        say("latency: start of %d nodes".formatted(NODES));
        var shape =
                new BenchCluster.Shape(
                        "latency", NODES, Optional.of(store.endpoint()), HEARTBEAT_MS, "");
        try (var cluster = new BenchCluster(work, shape)) {
            cluster.start();
            cluster.createStream(SHARDS);
            var hashKeys = cluster.hashKeys(BenchCluster.STREAM);
            cluster.writeEach(hashKeys.values());
            cluster.awaitOwned(SHARDS);
            int owner = cluster.ownersOfOneStream(0).getOrDefault(0, 0);
            var key = hashKeys.get(0);
            var puts =
                    new KinesisPuts(
                            BenchCluster.STREAM,
                            false,
                            ScaleBench.RECORD_BYTES,
                            new SplittableRandom(1));
            URI here = cluster.node(owner).endpoint();
            URI there = cluster.node((owner + 1) % NODES).endpoint();
            try (var atOwner = new PutConnection(here);
                    var elsewhere = new PutConnection(there)) {
                Turn put = () -> timed(atOwner, puts.putRecord(here, key));
                put.nanos();
                int bytes = entryBytes();
                try (var objects = new StorePuts(store, "latency", bytes)) {
                    var contenders =
                            List.of(
                                    new Contender("PUT, bare", objects::bare),
                                    new Contender("PUT, the store's client", objects::own),
                                    new Contender("PutRecord at the owner", put),
                                    new Contender(
                                            "PutRecord at another node",
                                            () -> timed(elsewhere, puts.putRecord(there, key))));
                    turns(contenders);
                    table(out, contenders, bytes);
                }
            }
        }
    }

    private void turns(List<Contender> contenders) throws IOException, InterruptedException {
        for (int round = 0; round <= settings.rounds(); round++) {
            var ms = contenders.stream().map(any -> new Samples()).toList();
            int turns = round == 0 ? WARM_UP_TURNS : TURNS;
            for (int turn = 0; turn < turns; turn++) {
                for (int i = 0; i < contenders.size(); i++) {
                    // Each follows each other one as often.
                    int who = (turn + i) % contenders.size();
                    ms.get(who).add(contenders.get(who).turn().nanos() / 1e6);
                    if (round > 0) {
                        Thread.sleep(REST_MS);
                    }
                }
            }
            if (round == 0) {
                say("latency: warm");
                continue;
            }
            for (int i = 0; i < contenders.size(); i++) {
                contenders.get(i).p50().add(ms.get(i).median());
                contenders.get(i).p99().add(ms.get(i).percentile(99));
            }
            say("latency: round %d of %d".formatted(round, settings.rounds()));
        }
    }

    private static long timed(PutConnection connection, KinesisPuts.Prepared put)
            throws IOException {
        long begin = System.nanoTime();
        int taken = connection.put(put);
        long took = System.nanoTime() - begin;
        if (taken != 1) {
            throw new IOException("a record was refused: " + connection.lastAnswer());
        }
        return took;
    }

    /** What one record's entry is as an object. */
    private int entryBytes() throws IOException {
        try (var objects = StorePuts.open(store, "latency", new SplittableRandom(2))) {
            var sizes = new ArrayList<Long>();
            for (var name : objects.list("journal/")) {
                objects.size(name)
                        .filter(size -> size > ScaleBench.RECORD_BYTES)
                        .ifPresent(sizes::add);
            }
            return Math.toIntExact(sizes.stream().min(Long::compare).orElseThrow());
        }
    }

    private void table(PrintStream out, List<Contender> contenders, int bytes) {
        double put = contenders.get(1).p50().median();
        double bare = contenders.getFirst().p50().median();
        var table = new Table("", "p50 ms", "p99 ms", "p50 of one PUT", "p50 of one bare PUT");
        for (var contender : contenders) {
            double p50 = contender.p50().median();
            table.row(
                    contender.name(),
                    digits(p50),
                    digits(contender.p99().median()),
                    digits(p50 / put) + " ×",
                    digits(p50 / bare) + " ×");
        }
        table.print(out);
        out.printf(
                "Objects of %d B, as an entry with a record of %d B is; medians of %d rounds of %d turns each.%n",
                bytes, ScaleBench.RECORD_BYTES, settings.rounds(), TURNS);
    }

    private static String digits(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
