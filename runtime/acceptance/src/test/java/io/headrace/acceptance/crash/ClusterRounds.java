package io.headrace.acceptance.crash;

import io.headrace.objects.S3Server;
import io.headrace.testkit.HeadraceNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

/**
 * A cluster on one machine over a real S3 server, under load from several producers and readers,
 * while a {@link Nemesis} strikes now and then; in the end everything it holds is checked against
 * everything that was ever promised.
 *
 * <p>As a program: {@code ClusterRounds MINUTES [NODES [SEED]]}.
 */
final class ClusterRounds implements AutoCloseable {
    private static final String STREAM = "crash";
    private static final int SHARDS = 6;
    private static final int PRODUCERS = 4;
    private static final int READERS = 2;
    private static final int HEARTBEAT_MS = 5_000;

    /** Far beyond the slowest take-over: a shard that takes nothing for so long is lost. */
    private static final Duration RECOVERY_MAX = Duration.ofSeconds(90);

    private final SplittableRandom random;
    private final History history = new History();
    private final List<HeadraceNode> nodes = new ArrayList<>();
    private final List<KinesisClient> clients = new ArrayList<>();
    private final Map<String, Long> lastAcknowledged = new ConcurrentHashMap<>();
    private final List<ClusterProducer> producers = new ArrayList<>();
    private final List<ClusterReader> readers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Long> killPauses = new ArrayList<>();
    private final List<Long> drainPauses = new ArrayList<>();
    private S3Server store;

    ClusterRounds(Path work, int size, long seed) throws IOException, InterruptedException {
        random = new SplittableRandom(seed);
        store = S3Server.start(Files.createDirectories(work.resolve("s3")));
        var ports = IntStream.range(0, 3 * size).map(i -> freePort()).toArray();
        var join =
                IntStream.range(0, size)
                        .mapToObj(i -> "127.0.0.1:" + ports[3 * i + 1])
                        .collect(Collectors.joining(","));
        for (int i = 0; i < size; i++) {
            nodes.add(node(work.resolve("node-" + i), i, ports, join));
            clients.add(CrashRounds.client(URI.create("http://127.0.0.1:" + ports[3 * i])));
        }
    }

    private HeadraceNode node(Path data, int i, int[] ports, String join) {
        var node = HeadraceNode.builder();
        S3Server.environment().forEach(node::environment);
        return node.data(data)
                .port(ports[3 * i])
                .startTimeout(Duration.ofMinutes(3))
                .environment(
                        "HEADRACE_JAVA_OPTS",
                        "-Xmx256m -Dheadrace.test.segment-bytes=" + (256 << 10))
                .options("--store", "s3://" + S3Server.BUCKET + "/cluster")
                .options("--s3-endpoint", store.endpoint().toString())
                .options("--node-name", "node-" + i)
                .options("--join", join)
                .options("--cluster-port", Integer.toString(ports[3 * i + 1]))
                .options("--event-bus-port", Integer.toString(ports[3 * i + 2]))
                .options("--cluster-heartbeat-timeout", HEARTBEAT_MS + "ms")
                .build();
    }

    /** Starts all nodes, the load, and the readers. */
    void start() throws InterruptedException {
        for (var node : nodes) {
            node.start();
        }
        clients.getFirst().createStream(r -> r.streamName(STREAM).shardCount(SHARDS));
        while (clients.getLast()
                        .describeStreamSummary(r -> r.streamName(STREAM))
                        .streamDescriptionSummary()
                        .streamStatus()
                != StreamStatus.ACTIVE) {
            Thread.sleep(20);
        }
        for (int i = 0; i < PRODUCERS; i++) {
            var producer =
                    new ClusterProducer(
                            "p" + i,
                            clients,
                            STREAM,
                            random.split(),
                            history,
                            shard -> lastAcknowledged.put(shard, System.nanoTime()));
            producers.add(producer);
            threads.add(Thread.ofPlatform().start(producer));
        }
        for (int i = 0; i < READERS; i++) {
            var reader = new ClusterReader(clients, STREAM, random.split(), history);
            readers.add(reader);
            threads.add(Thread.ofPlatform().start(reader));
        }
        awaitAcknowledgements(System.nanoTime());
    }

    /** One blow and what follows it, until all nodes are there and every shard takes records. */
    void strike(Nemesis nemesis) throws IOException, InterruptedException {
        var node = nodes.get(random.nextInt(nodes.size()));
        long before = System.nanoTime();
        switch (nemesis) {
            case KILL -> {
                node.kill();
                killPauses.add(awaitAcknowledgements(before));
                node.start();
            }
            case PAUSE -> pause(node);
            case DRAIN -> {
                node.terminate(Duration.ofMinutes(1));
                drainPauses.add(awaitAcknowledgements(before));
                node.start();
            }
            case STORE -> {
                store.close();
                Thread.sleep(1_000 + random.nextInt(4_000));
                store = store.startAgain();
            }
        }
        awaitAcknowledgements(System.nanoTime());
    }

    private void pause(HeadraceNode node) throws IOException, InterruptedException {
        signal("-STOP", node);
        Thread.sleep(HEARTBEAT_MS / 5 + random.nextInt(3 * HEARTBEAT_MS));
        signal("-CONT", node);
    }

    private static void signal(String name, HeadraceNode node)
            throws IOException, InterruptedException {
        new ProcessBuilder("kill", name, Long.toString(node.pid())).start().waitFor();
    }

    /** Waits until every shard took a record after that moment; ms until the last one did. */
    private long awaitAcknowledgements(long sinceNanos) throws InterruptedException {
        while (true) {
            var times = List.copyOf(lastAcknowledged.values());
            if (times.size() == SHARDS && times.stream().allMatch(time -> time - sinceNanos > 0)) {
                return (System.nanoTime() - sinceNanos) / 1_000_000;
            }
            if (System.nanoTime() - sinceNanos > RECOVERY_MAX.toNanos()) {
                nodes.stream()
                        .filter(HeadraceNode::isAlive)
                        .forEach(node -> node.log().forEach(System.err::println));
                throw new AssertionError(
                        "shards take nothing: %d of %d do".formatted(times.size(), SHARDS));
            }
            Thread.sleep(5);
        }
    }

    /** Ends the load, and tells everything that is wrong with what is there. */
    List<String> check() throws InterruptedException {
        producers.forEach(ClusterProducer::stop);
        readers.forEach(ClusterReader::stop);
        for (var thread : threads) {
            thread.join();
        }
        var problems = new ArrayList<String>();
        readers.forEach(reader -> problems.addAll(reader.problems()));
        problems.addAll(history.check(readAll()));
        return problems;
    }

    private Map<String, List<History.Seen>> readAll() throws InterruptedException {
        long begin = System.nanoTime();
        while (true) {
            try {
                return new StreamReader(clients.getFirst(), STREAM).readAll();
            } catch (SdkException e) {
                if (System.nanoTime() - begin > RECOVERY_MAX.toNanos()) {
                    throw e;
                }
                Thread.sleep(100);
            }
        }
    }

    History history() {
        return history;
    }

    private String summary() {
        return "%,d acknowledged, %,d read, %d requests of unknown outcome; ms to the last shard's next acknowledgement after a kill %s, after a drain %s"
                .formatted(
                        history.acknowledged(),
                        history.read(),
                        producers.stream().mapToLong(ClusterProducer::unknown).sum(),
                        killPauses,
                        drainPauses);
    }

    @Override
    public void close() {
        producers.forEach(ClusterProducer::stop);
        readers.forEach(ClusterReader::stop);
        nodes.forEach(HeadraceNode::close);
        clients.forEach(KinesisClient::close);
        store.close();
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    public static void main(String[] args) throws Exception {
        int minutes = Integer.parseInt(args[0]);
        int size = args.length > 1 ? Integer.parseInt(args[1]) : 3;
        long seed = args.length > 2 ? Long.parseLong(args[2]) : System.nanoTime();
        System.out.printf("%d nodes, %d minutes, seed %d%n", size, minutes, seed);
        var work = Files.createTempDirectory("headrace-cluster-");
        long end = System.nanoTime() + Duration.ofMinutes(minutes).toNanos();
        var kinds = List.of(Nemesis.values());
        var chance = new SplittableRandom(seed);
        try (var cluster = new ClusterRounds(work, size, seed)) {
            cluster.start();
            while (System.nanoTime() < end) {
                var nemesis = kinds.get(chance.nextInt(kinds.size()));
                System.out.println(nemesis + "; " + cluster.summary());
                cluster.strike(nemesis);
                Thread.sleep(1_000);
            }
            var problems = cluster.check();
            System.out.println(cluster.summary() + "; " + problems.size() + " problems");
            problems.stream().limit(50).forEach(System.out::println);
            if (!problems.isEmpty()) {
                throw new AssertionError(problems.size() + " problems; the data is in " + work);
            }
        }
    }
}
