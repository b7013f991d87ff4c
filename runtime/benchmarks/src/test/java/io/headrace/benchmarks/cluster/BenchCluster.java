package io.headrace.benchmarks.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.headrace.client.Connector;
import io.headrace.client.EndpointOptions;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

/** Nodes of one cluster as processes on loopback. One thread drives it. */
final class BenchCluster implements AutoCloseable {
    static final String STREAM = "bench";

    private static final Duration START_MAX = Duration.ofMinutes(3);
    private static final Duration ACTIVE_MAX = Duration.ofMinutes(4);
    private static final Duration WRITE_MAX = Duration.ofMinutes(2);
    private static final Duration REST_MAX = Duration.ofMinutes(1);

    /** Records of a request that {@link #writeEach} makes. */
    static final int AT_ONCE = 100;

    private final List<HeadraceNode> nodes = new ArrayList<>();

    /**
     * What it is like.
     *
     * @param name of its data on the store
     * @param store where its objects are; empty for one node on its own disk
     * @param heartbeatMs silence after which a member counts as gone
     * @param javaOptions more of each node's JVM
     */
    record Shape(
            String name, int nodes, Optional<URI> store, int heartbeatMs, String javaOptions) {}

    BenchCluster(Path work, Shape shape) {
        var ports = IntStream.range(0, 3 * shape.nodes()).map(i -> freePort()).toArray();
        var join =
                IntStream.range(0, shape.nodes())
                        .mapToObj(i -> "127.0.0.1:" + ports[3 * i + 1])
                        .collect(Collectors.joining(","));
        for (int i = 0; i < shape.nodes(); i++) {
            var node = HeadraceNode.builder();
            S3Server.environment().forEach(node::environment);
            node.data(work.resolve(shape.name() + "-" + i))
                    .port(ports[3 * i])
                    .startTimeout(START_MAX);
            if (shape.store().isPresent()) {
                node.options("--store", "s3://" + S3Server.BUCKET + "/" + shape.name())
                        .options("--s3-endpoint", shape.store().get().toString())
                        .options("--node-name", "node-" + i)
                        .options("--join", join)
                        .options("--cluster-port", Integer.toString(ports[3 * i + 1]))
                        .options("--event-bus-port", Integer.toString(ports[3 * i + 2]))
                        .options("--cluster-heartbeat-timeout", shape.heartbeatMs() + "ms");
            }
            nodes.add(node.environment("HEADRACE_JAVA_OPTS", shape.javaOptions()).build());
        }
    }

    /** Starts all nodes at once, and waits for them; milliseconds that each took. */
    List<Long> start() throws InterruptedException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var starts = new ArrayList<Future<Long>>();
            for (var node : nodes) {
                starts.add(
                        threads.submit(() -> {
                            long begin = System.nanoTime();
                            node.start();
                            return (System.nanoTime() - begin) / 1_000_000;
                        }));
            }
            var took = new ArrayList<Long>();
            for (var start : starts) {
                took.add(start.get());
            }
            return took;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a node did not start", e);
        }
    }

    /** Asks all to end, as an operator does, one after the other. */
    void stop() throws InterruptedException {
        for (var node : nodes) {
            node.terminate(Duration.ofMinutes(1));
        }
    }

    List<HeadraceNode> nodes() {
        return List.copyOf(nodes);
    }

    HeadraceNode node(int number) {
        return nodes.get(number);
    }

    /** For what is not measured; the caller closes it. */
    KinesisClient client(int node) {
        return Connector.aws().blocking(new EndpointOptions(node(node).endpoint()));
    }

    /** Makes {@link #STREAM}, and waits until it takes records. */
    void createStream(int shards) throws InterruptedException {
        createStream(STREAM, shards);
    }

    void createStream(String stream, int shards) throws InterruptedException {
        try (var client = client(0)) {
            client.createStream(r -> r.streamName(stream).shardCount(shards));
            long begin = System.nanoTime();
            while (client.describeStreamSummary(r -> r.streamName(stream))
                            .streamDescriptionSummary()
                            .streamStatus()
                    != StreamStatus.ACTIVE) {
                if (System.nanoTime() - begin > ACTIVE_MAX.toNanos()) {
                    throw new IllegalStateException(stream + " does not become active");
                }
                Thread.sleep(20);
            }
        }
    }

    /** A hash key in the middle of each shard of a stream, by the shard's number. */
    Map<Integer, BigInteger> hashKeys(String stream) {
        try (var client = client(0)) {
            return StreamView.shards(client, stream).stream()
                    .collect(
                            Collectors.toMap(
                                    shard -> Integer.parseInt(shard.shardId().substring(8)),
                                    BenchCluster::middleOf,
                                    (one, other) -> one,
                                    TreeMap::new));
        }
    }

    /**
     * Puts a record to each of these hash keys of {@link #STREAM}, and waits until all are taken.
     */
    void writeEach(Collection<BigInteger> hashKeys) throws IOException, InterruptedException {
        var keys = new ArrayList<>(hashKeys);
        // As records come: not shard after shard.
        Collections.shuffle(keys, new Random(1));
        for (int from = 0; from < keys.size(); from += AT_ONCE) {
            var some = keys.subList(from, Math.min(keys.size(), from + AT_ONCE));
            var node = node(from / AT_ONCE % nodes.size()).endpoint();
            var put =
                    new KinesisPuts(STREAM, true, 100, new SplittableRandom(from))
                            .putRecords(node, some);
            long begin = System.nanoTime();
            try (var connection = new PutConnection(node)) {
                while (connection.put(put) < some.size()) {
                    if (System.nanoTime() - begin > WRITE_MAX.toNanos()) {
                        throw new IOException(
                                "some shards take nothing: " + connection.lastAnswer());
                    }
                    Thread.sleep(20);
                }
            }
        }
    }

    private static BigInteger middleOf(Shard shard) {
        return new BigInteger(shard.hashKeyRange().startingHashKey())
                .add(new BigInteger(shard.hashKeyRange().endingHashKey()))
                .shiftRight(1);
    }

    /**
     * Which node owns which shard, as one of them tells; shards by {@code <stream id>/<number>}.
     */
    Map<String, Integer> owners(int teller) throws IOException, InterruptedException {
        return ShardOwners.of(status(teller));
    }

    /** As {@link #owners}, where there is but one stream; shards by number. */
    Map<Integer, Integer> ownersOfOneStream(int teller) throws IOException, InterruptedException {
        var owners = new TreeMap<Integer, Integer>();
        owners(teller).forEach((shard, node) -> owners.put(ShardOwners.number(shard), node));
        return owners;
    }

    /** Waits until each of so many shards, which were written to, has an owner. */
    void awaitOwned(int shards) throws IOException, InterruptedException {
        await(status -> ShardOwners.of(status).size() >= shards);
    }

    /** As {@link #awaitOwned}, and until all of them are where they are placed: under writes. */
    void awaitSettled(int shards) throws IOException, InterruptedException {
        await(status ->
                ShardOwners.of(status).size() >= shards
                        && ShardOwners.isSettled(status, nodes.size()));
    }

    private void await(Predicate<JsonNode> wanted) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        while (true) {
            var status = status(0);
            if (wanted.test(status)) {
                return;
            }
            if (System.nanoTime() - begin > REST_MAX.toNanos()) {
                throw new IllegalStateException(
                        "the shards do not come to rest: " + ShardOwners.summary(status));
            }
            Thread.sleep(50);
        }
    }

    private JsonNode status(int teller) throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            var address = node(teller).endpoint().resolve("/cluster");
            var answer =
                    http.send(
                            HttpRequest.newBuilder(address).build(),
                            HttpResponse.BodyHandlers.ofString());
            return JsonMapper.builder().build().readTree(answer.body());
        }
    }

    /** Kills what still runs; what the nodes kept stays. */
    @Override
    public void close() {
        nodes.forEach(HeadraceNode::close);
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException("no port is free", e);
        }
    }
}
