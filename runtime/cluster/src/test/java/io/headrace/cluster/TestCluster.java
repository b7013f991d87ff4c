package io.headrace.cluster;

import io.headrace.cluster.forward.ForwardSettings;
import io.headrace.cluster.member.BusTls;
import io.headrace.cluster.member.ClusterSettings;
import io.headrace.cluster.member.HostPort;
import io.headrace.store.ShardKey;
import io.headrace.store.shard.Shards;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** Some members in this JVM, on loopback, with real Hazelcast and a real event bus. */
@NullMarked
public final class TestCluster implements AutoCloseable {
    public static final ForwardSettings FAST =
            new ForwardSettings(
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(15),
                    1 << 20,
                    64,
                    8 << 20,
                    1 << 20,
                    Duration.ofMinutes(2));

    /** One of the members. */
    public static final class Node {
        public final Cluster cluster;
        public final OwnedShards local;
        public final Shards shards;

        Node(Cluster cluster, OwnedShards local) {
            this.cluster = cluster;
            this.local = local;
            local.serve(cluster.view()::isHere);
            shards = cluster.open(local, local);
            cluster.ready();
        }

        public UUID id() {
            return cluster.member().calls().self();
        }
    }

    public final OwnedShards.Disk disk = new OwnedShards.Disk();
    public final List<Node> nodes = new ArrayList<>();
    private final String name = "test-" + Long.toHexString(new SplittableRandom().nextLong());
    private final List<HostPort> members = new ArrayList<>();
    private final Optional<BusTls> tls;

    public TestCluster(int count) {
        this(count, Optional.empty());
    }

    public TestCluster(int count, Optional<BusTls> tls) {
        this.tls = tls;
        for (int i = 0; i < count; i++) {
            start();
        }
        await("all nodes to see each other", this::isSettled);
    }

    public Node start() {
        var settings = settings("n" + (nodes.size() + 1), ClusterSettings.PROTOCOL);
        var cluster = join(settings);
        members.add(cluster.member().settings().member());
        var node = new Node(cluster, new OwnedShards(disk, "journal-" + settings.nodeName()));
        nodes.add(node);
        return node;
    }

    public static Cluster join(ClusterSettings settings) {
        return Cluster.join(
                settings, FAST, new VertxOptions(), new SplittableRandom(), System::nanoTime);
    }

    public ClusterSettings settings(String node, int protocol) {
        return new ClusterSettings(
                name,
                node,
                protocol,
                "test",
                new HostPort("127.0.0.1", 0),
                new HostPort("127.0.0.1", 0),
                Optional.empty(),
                members,
                Duration.ofSeconds(3),
                Optional.empty(),
                tls,
                Map.of("http", "127.0.0.1:1"));
    }

    /** A shard that the node should own, as all nodes see it. */
    public ShardKey shardOf(Node node) {
        return shardOf(node, 7);
    }

    public ShardKey shardOf(Node node, long streamId) {
        for (int number = 0; ; number++) {
            var shard = new ShardKey(streamId, number);
            if (nodes.stream()
                    .allMatch(
                            n -> n.cluster.member().membership().owner(shard).equals(node.id()))) {
                return shard;
            }
        }
    }

    /** Whether all nodes know all others, and agree where shards are, each node having some. */
    public boolean isSettled() {
        var owners = new HashSet<UUID>();
        for (int number = 0; number < 100; number++) {
            var shard = new ShardKey(7, number);
            var seen = new HashSet<UUID>();
            nodes.forEach(n -> seen.add(n.cluster.member().membership().owner(shard)));
            if (seen.size() != 1) {
                return false;
            }
            owners.addAll(seen);
        }
        return owners.size() == nodes.size()
                && isBalanced()
                && nodes.stream()
                        .allMatch(n ->
                                n.cluster.member().membership().placement().active().size()
                                        == nodes.size());
    }

    /** Whether no partition is still to move. */
    private boolean isBalanced() {
        var hazelcast = nodes.getFirst().cluster.member().hazelcast();
        var counts = new HashMap<UUID, Integer>();
        for (var partition : hazelcast.getPartitionService().getPartitions()) {
            var owner = partition.getOwner();
            if (owner != null) {
                counts.merge(owner.getUuid(), 1, Integer::sum);
            }
        }
        int least = hazelcast.getPartitionService().getPartitions().size() / nodes.size();
        return counts.size() == nodes.size()
                && counts.values().stream().allMatch(count -> count >= least);
    }

    /** Ends a node as a crash does: its sockets close, and it says nothing before. */
    public void kill(Node node) {
        nodes.remove(node);
        end(node.cluster);
    }

    /** Without a goodbye, which takes seconds. */
    public static void end(Cluster cluster) {
        cluster.member().hazelcast().getLifecycleService().terminate();
        cluster.close();
    }

    public static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("waited in vain for " + what);
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    @Override
    public void close() {
        nodes.parallelStream().forEach(node -> end(node.cluster));
    }

    /** For tests that look for a cause. */
    public static @Nullable Throwable causeOf(CompletableFuture<?> future) {
        return future.handle((value, failure) -> failure).join();
    }
}
