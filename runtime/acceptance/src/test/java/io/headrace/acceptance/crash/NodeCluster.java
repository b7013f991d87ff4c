package io.headrace.acceptance.crash;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.headrace.client.stream.StreamView;
import io.headrace.objects.S3Server;
import io.headrace.testkit.HeadraceNode;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

/**
 * A cluster of real nodes on one machine over a real S3 server: each node behind a network and a
 * way to the store that can be broken, the first on a small disk and the last by a false clock
 * where the machine allows. One thread drives it; any may read {@link #clients}.
 */
final class NodeCluster implements AutoCloseable {
    static final String STREAM = "crash";
    static final int HEARTBEAT_MS = 5_000;

    /** Longer than a take-over, so that a request may wait for one. */
    private static final Duration CALL_MAX = Duration.ofSeconds(10);

    /** Far beyond the slowest take-over: a shard that takes nothing for so long is lost. */
    static final Duration RECOVERY_MAX = Duration.ofSeconds(90);

    private static final int DISK_MEGABYTES = 32;

    /** A node, its place, its way to the store, and a client of its own. */
    record Member(
            String name, int host, HeadraceNode node, FaultyStore way, KinesisClient client) {}

    private final Path work;
    private final SplittableRandom random;
    private final int size;
    private final NodeNetwork network;
    private final Optional<SmallDisk> disk;
    private final Optional<FalseClock> clock;
    private final List<Member> members = new ArrayList<>();
    private final CopyOnWriteArrayList<KinesisClient> clients = new CopyOnWriteArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private S3Server store;
    private int named;

    NodeCluster(Path work, int size, SplittableRandom random)
            throws IOException, InterruptedException {
        this.work = work;
        this.size = size;
        this.random = random;
        store = S3Server.start(Files.createDirectories(work.resolve("s3")));
        // One more, for nodes that join.
        network = NodeNetwork.of(size + 1);
        disk = SmallDisk.mount(work.resolve("disk"), DISK_MEGABYTES);
        clock = FalseClock.in(work);
        for (int i = 0; i < size; i++) {
            var data = i == 0 && disk.isPresent() ? work.resolve("disk/data") : data();
            members.add(member(i, data));
        }
        members.forEach(member -> clients.add(member.client()));
    }

    /** Why this machine cannot do it; empty if it can. */
    String refusal(Nemesis nemesis) {
        if (nemesis.needsNamespaces()) {
            return network.refusal();
        }
        if (nemesis == Nemesis.CLOCK && clock.isEmpty()) {
            return "no libfaketime that this JVM obeys";
        }
        return nemesis == Nemesis.DISK_FULL && disk.isEmpty() ? "nothing can be mounted" : "";
    }

    private Path data() {
        return work.resolve("node-" + named);
    }

    private Member member(int i, Path data) throws IOException {
        var name = "node-" + named++;
        var host = network.host(i);
        var way =
                new FaultyStore(network.storeAddress(), store.endpoint().getPort(), random.split());
        var builder = HeadraceNode.builder();
        S3Server.environment().forEach(builder::environment);
        if (i == size - 1) {
            clock.ifPresent(it -> it.environment().forEach(builder::environment));
        }
        var node =
                builder.data(data)
                        .prefix(host.command().toArray(String[]::new))
                        .port(host.port())
                        .startTimeout(Duration.ofMinutes(3))
                        .environment(
                                "HEADRACE_JAVA_OPTS",
                                "-Xmx256m -Dheadrace.test.segment-bytes=" + (256 << 10))
                        .options("--host", host.address(), "--insecure-bind")
                        .options("--store", "s3://" + S3Server.BUCKET + "/cluster")
                        .options("--s3-endpoint", way.endpoint().toString())
                        .options("--node-name", name)
                        .options("--join", founders())
                        .options("--cluster-port", Integer.toString(host.memberPort()))
                        .options("--event-bus-port", Integer.toString(host.busPort()))
                        .options("--cluster-heartbeat-timeout", HEARTBEAT_MS + "ms")
                        .build();
        var endpoint = URI.create("http://" + host.address() + ":" + host.port());
        return new Member(name, i, node, way, CrashRounds.client(endpoint, CALL_MAX));
    }

    /** All that any node is told of the others: those that were there from the beginning. */
    private String founders() {
        return IntStream.range(0, size)
                .mapToObj(i -> network.host(i).member())
                .collect(Collectors.joining(","));
    }

    void start(int shards) throws InterruptedException {
        for (var member : members) {
            member.node().start();
        }
        ask(client -> client.createStream(r -> r.streamName(STREAM).shardCount(shards)));
        awaitActive();
    }

    /** Starts a node that was never there, which knows only where others are. */
    Member join() throws IOException {
        var member = member(size, data());
        member.node().start();
        members.add(member);
        clients.add(member.client());
        return member;
    }

    /** A node that joined leaves for good, in good order. */
    void leave(Member member) throws IOException, InterruptedException {
        clients.remove(member.client());
        members.remove(member);
        member.node().terminate(Duration.ofMinutes(1));
        member.node().close();
        member.way().close();
        member.client().close();
    }

    List<Member> members() {
        return members;
    }

    /** Of all nodes that are meant to be there. */
    List<KinesisClient> clients() {
        return clients;
    }

    NodeNetwork network() {
        return network;
    }

    S3Server store() {
        return store;
    }

    void startStoreAgain() throws IOException, InterruptedException {
        store = store.startAgain();
    }

    SmallDisk disk() {
        return disk.orElseThrow();
    }

    FalseClock clock() {
        return clock.orElseThrow();
    }

    /** In the order of their hash keys. */
    List<Shard> openShards() throws InterruptedException {
        return ask(client -> StreamView.shards(client, STREAM)).stream()
                .filter(shard -> shard.sequenceNumberRange().endingSequenceNumber() == null)
                .sorted((one, other) ->
                        new BigInteger(one.hashKeyRange().startingHashKey())
                                .compareTo(new BigInteger(other.hashKeyRange().startingHashKey())))
                .toList();
    }

    Map<String, List<String>> parents() throws InterruptedException {
        var parents = new HashMap<String, List<String>>();
        for (var shard : ask(client -> StreamView.shards(client, STREAM))) {
            parents.put(shard.shardId(), parents(shard));
        }
        return parents;
    }

    static List<String> parents(Shard shard) {
        return Stream.of(shard.parentShardId(), shard.adjacentParentShardId())
                .filter(parent -> parent != null)
                .toList();
    }

    void awaitActive() throws InterruptedException {
        while (ask(client -> client.describeStreamSummary(r -> r.streamName(STREAM)))
                        .streamDescriptionSummary()
                        .streamStatus()
                != StreamStatus.ACTIVE) {
            Thread.sleep(20);
        }
    }

    /** Waits until each node says that all are there, ready and answering, and no other is. */
    void awaitWhole() throws InterruptedException {
        var names = members.stream().map(Member::name).collect(Collectors.toSet());
        long begin = System.nanoTime();
        for (var member : members) {
            while (true) {
                var told = new HashSet<String>();
                for (var node : status(member).nodes()) {
                    told.add(node.isWell() ? node.name() : node.name() + " (not well)");
                }
                if (told.equals(names)) {
                    break;
                }
                if (System.nanoTime() - begin > RECOVERY_MAX.toNanos()) {
                    throw new AssertionError(
                            "%s sees %s, and there are %s".formatted(member.name(), told, names));
                }
                Thread.sleep(100);
            }
        }
    }

    private record Status(List<NodeStatus> nodes) {}

    private record NodeStatus(String name, boolean isWell, List<String> shards) {}

    /** As the node tells; empty while it does not answer. */
    private Status status(Member member) throws InterruptedException {
        var nodes = new ArrayList<NodeStatus>();
        try {
            var host = network.host(member.host());
            var address = URI.create("http://" + host.address() + ":" + host.port() + "/cluster");
            var request = HttpRequest.newBuilder(address).timeout(CALL_MAX).build();
            var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                return new Status(List.of());
            }
            for (var node : JsonMapper.builder().build().readTree(answer.body()).path("nodes")) {
                var shards = new ArrayList<String>();
                node.path("shards")
                        .forEach(shard -> shards.add(shardId(shard.path("shard").asText())));
                boolean isWell =
                        node.path("isAnswering").asBoolean()
                                && node.path("state").asText().equals("READY");
                nodes.add(new NodeStatus(node.path("name").asText(), isWell, shards));
            }
        } catch (IOException e) {
            return new Status(List.of());
        }
        return new Status(nodes);
    }

    /** The open shards that the node owns, as another tells. */
    List<String> ownedBy(Member member) throws InterruptedException {
        var open = openShards().stream().map(Shard::shardId).toList();
        var other = members.get((members.indexOf(member) + 1) % members.size());
        return status(other).nodes().stream()
                .filter(node -> node.name().equals(member.name()))
                .flatMap(node -> node.shards().stream())
                .filter(open::contains)
                .toList();
    }

    /** Of a shard's key, which is its stream's and its number. */
    private static String shardId(String key) {
        return "shardId-%012d".formatted(Integer.parseInt(key.substring(key.indexOf('/') + 1)));
    }

    /** The first answer that any node gives. */
    <T> T ask(Function<KinesisClient, T> question) throws InterruptedException {
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

    /** For who looks into what went wrong: what each node printed, in a file of the node's name. */
    void writeLogs() throws IOException {
        for (var member : members) {
            Files.write(work.resolve(member.name() + ".log"), member.node().log());
        }
    }

    @Override
    public void close() throws IOException {
        for (var member : members) {
            member.node().close();
            member.way().close();
            member.client().close();
        }
        store.close();
        http.close();
        network.close();
        if (disk.isPresent()) {
            disk.get().close();
        }
    }
}
