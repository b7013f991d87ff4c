package io.headrace.acceptance.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.headrace.client.stream.StreamView;
import io.headrace.objects.S3Server;
import io.headrace.testkit.HeadraceNode;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

/**
 * A cluster on one machine over a real S3 server, under load from producers and readers at every
 * node, while a {@link Nemesis} strikes now and then; in the end everything it holds is checked
 * against everything that was ever promised.
 *
 * <p>As a program: {@code ClusterRounds MINUTES [NODES [SEED]]}.
 */
final class ClusterRounds implements AutoCloseable {
    private static final String STREAM = "crash";
    private static final String OF_ONE_KEY = "key";
    private static final int SHARDS = 6;
    private static final int SHARDS_MAX = 10;
    private static final int HEARTBEAT_MS = 5_000;

    /** Longer than a take-over, so that a request may wait for one. */
    private static final Duration CALL_MAX = Duration.ofSeconds(10);

    /** Far beyond the slowest take-over: a shard that takes nothing for so long is lost. */
    private static final Duration RECOVERY_MAX = Duration.ofSeconds(90);

    private final SplittableRandom random;
    private final History history = new History();
    private final Acknowledgements acknowledgements = new Acknowledgements();
    private final List<HeadraceNode> nodes = new ArrayList<>();
    private final List<KinesisClient> clients = new ArrayList<>();
    private final List<ClusterProducer> producers = new ArrayList<>();
    private final List<ClusterReader> readers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Long> failOverMs = new ArrayList<>();
    private final List<Long> drainGapMs = new ArrayList<>();
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
            clients.add(
                    CrashRounds.client(URI.create("http://127.0.0.1:" + ports[3 * i]), CALL_MAX));
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
        awaitActive();
        for (int i = 0; i < clients.size(); i++) {
            var key = "the-only-one-of-" + i;
            produce(OF_ONE_KEY + i, clients.get(i), () -> key);
            var keys = random.split();
            produce("any" + i, clients.get(i), () -> "k" + keys.nextInt(10_000));
            readers.add(new ClusterReader(clients, STREAM, random.split(), history));
        }
        producers.forEach(producer -> run("a producer", producer));
        readers.forEach(reader -> run("a reader", reader));
        acknowledgements.mark();
        awaitAcknowledgements();
    }

    private void produce(String name, KinesisClient client, Supplier<String> keys) {
        producers.add(
                new ClusterProducer(
                        name, client, STREAM, keys, random.split(), history, acknowledgements));
    }

    private void run(String what, Runnable load) {
        threads.add(
                Thread.ofPlatform()
                        .uncaughtExceptionHandler(
                                (thread, e) -> history.complain(what + " ended: " + e))
                        .start(load));
    }

    /** One blow and what follows it, until all nodes are there and every shard takes records. */
    void strike(Nemesis nemesis) throws IOException, InterruptedException {
        int struck = random.nextInt(nodes.size());
        var node = nodes.get(struck);
        switch (nemesis) {
            case KILL -> kill(struck);
            case PAUSE -> {
                signal("-STOP", node);
                Thread.sleep(HEARTBEAT_MS / 5 + random.nextInt(3 * HEARTBEAT_MS));
                signal("-CONT", node);
            }
            case DRAIN -> drain(struck);
            case RESHARD -> reshard();
            case STORE -> {
                store.close();
                Thread.sleep(1_000 + random.nextInt(4_000));
                store = store.startAgain();
            }
        }
        acknowledgements.mark();
        awaitAcknowledgements();
    }

    private void kill(int struck) throws IOException, InterruptedException {
        var node = nodes.get(struck);
        var owned = ownedBy(struck);
        signal("-KILL", node);
        acknowledgements.mark();
        awaitAcknowledgements();
        owned.forEach(shard -> failOverMs.add(acknowledgements.msUntilFirst(shard)));
        node.kill();
        node.start();
    }

    private void drain(int struck) throws IOException, InterruptedException {
        var node = nodes.get(struck);
        var owned = ownedBy(struck);
        acknowledgements.forgetGaps();
        node.terminate(Duration.ofMinutes(1));
        acknowledgements.mark();
        awaitAcknowledgements();
        owned.forEach(shard -> drainGapMs.add(acknowledgements.msOfLongestGap(shard)));
        node.start();
    }

    private void reshard() throws InterruptedException {
        var open = openShards();
        var first = open.get(random.nextInt(open.size() - 1));
        var next = open.get(open.indexOf(first) + 1);
        boolean isSplit = open.size() < SHARDS_MAX && (open.size() < 3 || random.nextBoolean());
        var middle = middleOf(first);
        try {
            ask(client ->
                    isSplit
                            ? client.splitShard(r ->
                                    r.streamName(STREAM)
                                            .shardToSplit(first.shardId())
                                            .newStartingHashKey(middle))
                            : client.mergeShards(r ->
                                    r.streamName(STREAM)
                                            .shardToMerge(first.shardId())
                                            .adjacentShardToMerge(next.shardId())));
        } finally {
            awaitActive();
        }
    }

    private static String middleOf(Shard shard) {
        var range = shard.hashKeyRange();
        return new BigInteger(range.startingHashKey())
                .add(new BigInteger(range.endingHashKey()))
                .shiftRight(1)
                .toString();
    }

    /** In the order of their hash keys. */
    private List<Shard> openShards() throws InterruptedException {
        return ask(client -> StreamView.shards(client, STREAM)).stream()
                .filter(shard -> shard.sequenceNumberRange().endingSequenceNumber() == null)
                .sorted((one, other) ->
                        new BigInteger(one.hashKeyRange().startingHashKey())
                                .compareTo(new BigInteger(other.hashKeyRange().startingHashKey())))
                .toList();
    }

    private void awaitActive() throws InterruptedException {
        while (ask(client -> client.describeStreamSummary(r -> r.streamName(STREAM)))
                        .streamDescriptionSummary()
                        .streamStatus()
                != StreamStatus.ACTIVE) {
            Thread.sleep(20);
        }
    }

    /** What the node owns, as another tells. */
    private List<String> ownedBy(int struck) throws IOException, InterruptedException {
        var open = openShards().stream().map(Shard::shardId).toList();
        var address = nodes.get((struck + 1) % nodes.size()).endpoint().resolve("/cluster");
        try (var http = HttpClient.newHttpClient()) {
            var answer =
                    http.send(
                            HttpRequest.newBuilder(address).build(),
                            HttpResponse.BodyHandlers.ofString());
            JsonNode status = JsonMapper.builder().build().readTree(answer.body());
            var owned = new ArrayList<String>();
            for (var node : status.path("nodes")) {
                if (node.path("name").asText().equals("node-" + struck)) {
                    node.path("shards")
                            .forEach(shard -> owned.add(shardId(shard.path("shard").asText())));
                }
            }
            owned.retainAll(open);
            return owned;
        }
    }

    /** Of a shard's key, which is its stream's and its number. */
    private static String shardId(String key) {
        return "shardId-%012d".formatted(Integer.parseInt(key.substring(key.indexOf('/') + 1)));
    }

    /** The first answer that any node gives. */
    private <T> T ask(Function<KinesisClient, T> question) throws InterruptedException {
        long begin = System.nanoTime();
        for (int i = 0; ; i++) {
            try {
                return question.apply(clients.get(i % clients.size()));
            } catch (SdkException e) {
                if (System.nanoTime() - begin > RECOVERY_MAX.toNanos()) {
                    throw e;
                }
                Thread.sleep(50);
            }
        }
    }

    private static void signal(String name, HeadraceNode node)
            throws IOException, InterruptedException {
        new ProcessBuilder("kill", name, Long.toString(node.pid())).start().waitFor();
    }

    /** Waits until every open shard took a record of a request that was begun after the mark. */
    private void awaitAcknowledgements() throws InterruptedException {
        var open = openShards().stream().map(Shard::shardId).toList();
        long begin = System.nanoTime();
        while (!acknowledgements.came(open)) {
            if (System.nanoTime() - begin > RECOVERY_MAX.toNanos()) {
                nodes.stream()
                        .filter(HeadraceNode::isAlive)
                        .forEach(node -> node.log().forEach(System.err::println));
                throw new AssertionError("some of these shards take nothing: " + open);
            }
            Thread.sleep(2);
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
        var shards = ask(client -> new StreamReader(client, STREAM).readAll());
        problems.addAll(history.check(shards));
        problems.addAll(
                history.checkSuccession(shards, parents(), name -> name.startsWith(OF_ONE_KEY)));
        return problems;
    }

    private Map<String, List<String>> parents() throws InterruptedException {
        var parents = new HashMap<String, List<String>>();
        for (var shard : ask(client -> StreamView.shards(client, STREAM))) {
            parents.put(
                    shard.shardId(),
                    Stream.of(shard.parentShardId(), shard.adjacentParentShardId())
                            .filter(parent -> parent != null)
                            .toList());
        }
        return parents;
    }

    History history() {
        return history;
    }

    private String summary() {
        return "%,d acknowledged, %,d read, %d requests of unknown outcome"
                .formatted(
                        history.acknowledged(),
                        history.read(),
                        producers.stream().mapToLong(ClusterProducer::unknown).sum());
    }

    private String times() {
        return "from the death of its owner until a shard took a record that was sent after it: %s; longest pause of a shard that was drained: %s"
                .formatted(distribution(failOverMs), distribution(drainGapMs));
    }

    private static String distribution(List<Long> ms) {
        var sorted = ms.stream().sorted().toList();
        return sorted.isEmpty()
                ? "none"
                : "%d shards, p50 %d ms, max %d ms"
                        .formatted(sorted.size(), sorted.get(sorted.size() / 2), sorted.getLast());
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
        long begin = System.nanoTime();
        var kinds = List.of(Nemesis.values());
        var chance = new SplittableRandom(seed);
        try (var cluster = new ClusterRounds(work, size, seed)) {
            cluster.start();
            while (System.nanoTime() - begin < Duration.ofMinutes(minutes).toNanos()) {
                var nemesis = kinds.get(chance.nextInt(kinds.size()));
                long second = (System.nanoTime() - begin) / 1_000_000_000;
                System.out.printf("%4d s %s; %s%n", second, nemesis, cluster.summary());
                cluster.strike(nemesis);
                Thread.sleep(1_000);
            }
            var problems = cluster.check();
            System.out.println(cluster.summary() + "; " + cluster.times());
            System.out.println(problems.size() + " problems");
            problems.stream().limit(50).forEach(System.out::println);
            if (!problems.isEmpty()) {
                throw new AssertionError(problems.size() + " problems; the data is in " + work);
            }
        }
    }
}
