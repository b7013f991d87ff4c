package io.headrace.acceptance.crash;

import io.headrace.acceptance.crash.NodeCluster.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import software.amazon.awssdk.services.kinesis.model.Shard;

/**
 * Producers that keep to a node each, readers that go from node to node, and what they were
 * promised. One thread drives it.
 */
final class ClusterLoad {
    private static final String OF_ONE_KEY = "key";

    private final NodeCluster cluster;
    private final SplittableRandom random;
    private final History history = new History();
    private final Acknowledgements acknowledgements = new Acknowledgements();
    private final List<ClusterProducer> producers = new ArrayList<>();
    private final List<ClusterReader> readers = new ArrayList<>();
    private final Map<Runnable, Thread> threads = new HashMap<>();

    ClusterLoad(NodeCluster cluster, SplittableRandom random) {
        this.cluster = cluster;
        this.random = random;
    }

    void start() throws InterruptedException {
        for (var member : cluster.members()) {
            produceTo(member);
            var reader =
                    new ClusterReader(
                            cluster.clients(),
                            NodeCluster.STREAM,
                            random.split(),
                            history,
                            ClusterLoad::isOfOneKey);
            readers.add(reader);
            run("a reader", reader);
        }
        awaitAcknowledgements();
    }

    static boolean isOfOneKey(String producer) {
        return producer.startsWith(OF_ONE_KEY);
    }

    /** Producers that use this node from now on. */
    List<ClusterProducer> produceTo(Member member) {
        var key = "the-only-one-of-" + member.name();
        var keys = random.split();
        return List.of(
                produce(OF_ONE_KEY + "-" + member.name(), member, () -> key),
                produce("any-" + member.name(), member, () -> "k" + keys.nextInt(10_000)));
    }

    private ClusterProducer produce(String name, Member member, Supplier<String> keys) {
        var producer =
                new ClusterProducer(
                        name,
                        member.client(),
                        NodeCluster.STREAM,
                        keys,
                        random.split(),
                        history,
                        acknowledgements);
        producers.add(producer);
        run("a producer", producer);
        return producer;
    }

    private void run(String what, Runnable load) {
        threads.put(
                load,
                Thread.ofPlatform()
                        .uncaughtExceptionHandler(
                                (thread, e) -> history.complain(what + " ended: " + e))
                        .start(load));
    }

    void stop(List<ClusterProducer> some) throws InterruptedException {
        some.forEach(ClusterProducer::stop);
        for (var producer : some) {
            Objects.requireNonNull(threads.get(producer)).join();
        }
    }

    /** Waits until every open shard took a record of a request that was begun after now. */
    void awaitAcknowledgements() throws InterruptedException {
        acknowledgements.mark();
        var open = cluster.openShards().stream().map(Shard::shardId).toList();
        long begin = System.nanoTime();
        while (!acknowledgements.came(open)) {
            if (System.nanoTime() - begin > NodeCluster.RECOVERY_MAX.toNanos()) {
                throw new AssertionError("some of these shards take nothing: " + open);
            }
            Thread.sleep(2);
        }
    }

    Acknowledgements acknowledgements() {
        return acknowledgements;
    }

    History history() {
        return history;
    }

    void stop() {
        producers.forEach(ClusterProducer::stop);
        readers.forEach(ClusterReader::stop);
    }

    /** Ends the load, and tells everything that is wrong with what is there. */
    List<String> check() throws InterruptedException {
        stop();
        for (var thread : threads.values()) {
            thread.join();
        }
        var shards = cluster.ask(client -> new StreamReader(client, NodeCluster.STREAM).readAll());
        var problems = new ArrayList<>(history.check(shards));
        readers.forEach(reader -> problems.addAll(reader.problems(shards)));
        problems.addAll(
                history.checkSuccession(shards, cluster.parents(), ClusterLoad::isOfOneKey));
        return problems;
    }

    String summary() {
        return "%,d acknowledged, %,d read, %,d requests of unknown outcome"
                .formatted(
                        history.acknowledged(),
                        history.read(),
                        producers.stream().mapToLong(ClusterProducer::unknown).sum());
    }
}
