package io.headrace.acceptance.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * A cluster on one machine over a real S3 server, under load from producers and readers at every
 * node, while a {@link Nemesis} strikes now and then; in the end everything it holds is checked
 * against everything that was ever promised.
 *
 * <p>As a program: {@code ClusterRounds MINUTES [NODES [SEED]]}.
 */
final class ClusterRounds implements AutoCloseable {
    private static final int SHARDS = 6;
    private static final int NODES_MIN = 3;
    private static final int NODES_MAX = 9;

    private final NodeCluster cluster;
    private final ClusterLoad load;
    private final Blows blows;

    ClusterRounds(Path work, int size, long seed) throws IOException, InterruptedException {
        var random = new SplittableRandom(seed);
        cluster = new NodeCluster(work, size, random.split());
        load = new ClusterLoad(cluster, random.split());
        blows = new Blows(cluster, load, random.split());
    }

    /** Starts all nodes, the load, and the readers. */
    void start() throws InterruptedException {
        cluster.start(SHARDS);
        load.start();
    }

    /** Why this machine cannot do it; empty if it can. */
    String refusal(Nemesis nemesis) {
        return cluster.refusal(nemesis);
    }

    /** One blow and what follows it, until all nodes are there and every shard takes records. */
    void strike(Nemesis nemesis) throws IOException, InterruptedException {
        try {
            blows.strike(nemesis);
        } catch (IOException | RuntimeException | AssertionError e) {
            cluster.writeLogs();
            throw e;
        }
    }

    /** Ends the load, and tells everything that is wrong with what is there. */
    List<String> check() throws IOException, InterruptedException {
        var problems = load.check();
        if (!problems.isEmpty()) {
            cluster.writeLogs();
        }
        return problems;
    }

    History history() {
        return load.history();
    }

    String summary() {
        return load.summary() + "\n" + blows.summary();
    }

    @Override
    public void close() throws IOException {
        load.stop();
        cluster.close();
    }

    private void run(Duration length, SplittableRandom chance)
            throws IOException, InterruptedException {
        var kinds = Stream.of(Nemesis.values()).filter(kind -> refusal(kind).isEmpty()).toList();
        for (var kind : Nemesis.values()) {
            if (!kinds.contains(kind)) {
                System.out.printf("left out: %s (%s)%n", kind, refusal(kind));
            }
        }
        start();
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < length.toNanos()) {
            var nemesis = kinds.get(chance.nextInt(kinds.size()));
            long second = (System.nanoTime() - begin) / 1_000_000_000;
            System.out.printf("%4d s %s; %s%n", second, nemesis, load.summary());
            strike(nemesis);
            Thread.sleep(1_000);
        }
    }

    private static int number(String[] args, int index, int fallback, int min, int max) {
        try {
            int number = args.length > index ? Integer.parseInt(args[index]) : fallback;
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, like a number that is too small.
        }
        System.err.printf(
                "%s: a number from %d to %d is needed here; usage: headrace nemesis MINUTES [NODES"
                        + " [SEED]]%n",
                args[index], min, max);
        System.exit(2);
        throw new IllegalStateException("unreachable");
    }

    public static void main(String[] args) throws Exception {
        int minutes = number(args, 0, 10, 1, 7 * 24 * 60);
        int size = number(args, 1, 3, NODES_MIN, NODES_MAX);
        int seed = number(args, 2, (int) System.nanoTime() >>> 1, 0, Integer.MAX_VALUE);
        System.out.printf("%d nodes, %d minutes, seed %d%n", size, minutes, seed);
        var work = Files.createTempDirectory("headrace-cluster-");
        List<String> problems;
        try (var rounds = new ClusterRounds(work, size, seed)) {
            try {
                rounds.run(Duration.ofMinutes(minutes), new SplittableRandom(seed));
                problems = rounds.check();
            } catch (IOException | RuntimeException | AssertionError e) {
                System.out.println("the cluster did not recover; its data and logs are in " + work);
                System.out.println(rounds.summary());
                throw e;
            }
            System.out.println(rounds.summary());
        }
        System.out.println(problems.size() + " problems");
        problems.stream().limit(50).forEach(System.out::println);
        if (!problems.isEmpty()) {
            System.out.println("the data and the nodes' logs are in " + work);
            System.exit(1);
        }
    }
}
