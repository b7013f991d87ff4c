package io.headrace.acceptance.crash;

import io.headrace.acceptance.crash.FaultyStore.Faults;
import io.headrace.acceptance.crash.NodeCluster.Member;
import io.headrace.testkit.HeadraceNode;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import software.amazon.awssdk.services.kinesis.model.Shard;

/** Strikes a cluster under load, and waits until it is itself again. One thread drives it. */
final class Blows {
    private static final int SHARDS_MAX = 10;

    /** What stores and clients' clocks bear: S3 refuses signatures that are older. */
    private static final int CLOCK_MINUTES_MAX = 14;

    private static final Faults SLOW = new Faults(1_500, 800, 0, 0, 0);
    private static final Faults FAILING = new Faults(0, 0, 0.2, 0.1, 0.1);

    private final NodeCluster cluster;
    private final ClusterLoad load;
    private final Acknowledgements acknowledgements;
    private final SplittableRandom random;
    private final List<Long> failOverMs = new ArrayList<>();
    private final Map<Nemesis, List<Long>> gapsMs = new EnumMap<>(Nemesis.class);
    private final Map<Nemesis, Integer> counts = new EnumMap<>(Nemesis.class);

    Blows(NodeCluster cluster, ClusterLoad load, SplittableRandom random) {
        this.cluster = cluster;
        this.load = load;
        this.acknowledgements = load.acknowledgements();
        this.random = random;
    }

    /**
     * One blow and what follows it, until every node sees all others and every shard takes records.
     */
    void strike(Nemesis nemesis) throws IOException, InterruptedException {
        var struck = cluster.members().get(random.nextInt(cluster.members().size()));
        counts.merge(nemesis, 1, Integer::sum);
        acknowledgements.forgetGaps();
        switch (nemesis) {
            case KILL -> kill(struck);
            case PAUSE -> pause(struck);
            case DRAIN -> drain(struck);
            case RESHARD -> reshard();
            case STORE -> {
                cluster.store().close();
                Thread.sleep(1_000 + random.nextInt(4_000));
                cluster.startStoreAgain();
            }
            case CUT -> cut();
            case CUT_ONE_WAY -> cutOneWay(struck);
            case CUT_STORE -> {
                cluster.network().dropService(struck.host(), struck.way().port());
                heal(List.of(struck));
            }
            case CUT_ALL -> {
                cluster.network().dropAll(struck.host());
                heal(List.of(struck));
            }
            case SLOW_STORE -> store(SLOW);
            case FAILING_STORE -> store(FAILING);
            case JOIN -> join();
            case CLOCK -> clock();
            case DISK_FULL -> fillDisk();
        }
        load.awaitAcknowledgements();
        cluster.awaitWhole();
        for (var shard : cluster.openShards()) {
            gapsMs.computeIfAbsent(nemesis, _ -> new ArrayList<>())
                    .add(acknowledgements.msOfLongestGap(shard.shardId()));
        }
    }

    private void kill(Member struck) throws IOException, InterruptedException {
        var owned = cluster.ownedBy(struck);
        signal("-KILL", struck.node());
        load.awaitAcknowledgements();
        owned.forEach(shard -> failOverMs.add(acknowledgements.msUntilFirst(shard)));
        struck.node().kill();
        struck.node().start();
    }

    private void pause(Member struck) throws IOException, InterruptedException {
        signal("-STOP", struck.node());
        Thread.sleep(aroundHeartbeat());
        signal("-CONT", struck.node());
    }

    private static void signal(String name, HeadraceNode node)
            throws IOException, InterruptedException {
        new ProcessBuilder("kill", name, Long.toString(node.pid())).start().waitFor();
    }

    /** From under to over three times what a member may be silent for. */
    private int aroundHeartbeat() {
        return NodeCluster.HEARTBEAT_MS / 5 + random.nextInt(3 * NodeCluster.HEARTBEAT_MS);
    }

    private void drain(Member struck) throws InterruptedException {
        struck.node().terminate(Duration.ofMinutes(1));
        load.awaitAcknowledgements();
        struck.node().start();
    }

    private void cut() throws IOException, InterruptedException {
        var hosts = new ArrayList<>(cluster.members());
        Collections.shuffle(hosts, new Random(random.nextLong()));
        int minority = 1 + random.nextInt((hosts.size() - 1) / 2);
        var cutOff = List.copyOf(hosts.subList(0, minority));
        var others = hosts.subList(minority, hosts.size()).stream().map(Member::host).toList();
        for (var member : cutOff) {
            cluster.network().dropFrom(member.host(), others);
            cluster.network().dropTo(member.host(), others);
        }
        heal(cutOff);
    }

    private void cutOneWay(Member struck) throws IOException, InterruptedException {
        var others =
                cluster.members().stream()
                        .map(Member::host)
                        .filter(host -> host != struck.host())
                        .toList();
        if (random.nextBoolean()) {
            cluster.network().dropFrom(struck.host(), others);
        } else {
            cluster.network().dropTo(struck.host(), others);
        }
        heal(List.of(struck));
    }

    /** After a while. */
    private void heal(List<Member> struck) throws IOException, InterruptedException {
        Thread.sleep(aroundHeartbeat());
        for (var member : struck) {
            cluster.network().heal(member.host());
        }
    }

    /** Of one node or of all. */
    private void store(Faults faults) throws InterruptedException {
        var members = cluster.members();
        boolean isForAll = random.nextBoolean();
        var struck =
                isForAll
                        ? List.copyOf(members)
                        : List.of(members.get(random.nextInt(members.size())));
        long before = struck.stream().mapToLong(member -> member.way().harmed()).sum();
        struck.forEach(member -> member.way().set(faults));
        Thread.sleep(3_000 + random.nextInt(10_000));
        struck.forEach(member -> member.way().set(Faults.NONE));
        if (isForAll
                && struck.stream().mapToLong(member -> member.way().harmed()).sum() == before) {
            throw new AssertionError("no request of any node met a fault");
        }
    }

    private void join() throws IOException, InterruptedException {
        var joined = cluster.join();
        var producers = load.produceTo(joined);
        cluster.awaitWhole();
        load.awaitAcknowledgements();
        Thread.sleep(1_000 + random.nextInt(3_000));
        load.stop(producers);
        cluster.leave(joined);
    }

    private void clock() throws IOException, InterruptedException {
        boolean isHours = random.nextInt(3) == 0;
        int minutes = 1 + random.nextInt(isHours ? 48 * 60 : CLOCK_MINUTES_MAX);
        cluster.clock().set(Duration.ofMinutes(random.nextBoolean() ? minutes : -minutes));
        Thread.sleep(3_000 + random.nextInt(6_000));
        cluster.clock().set(Duration.ZERO);
    }

    private void fillDisk() throws IOException, InterruptedException {
        cluster.disk().fill();
        try {
            Thread.sleep(2_000 + random.nextInt(4_000));
            // What is lasting is in the store: a full disk is no reason to refuse records.
            load.awaitAcknowledgements();
        } finally {
            cluster.disk().free();
        }
    }

    private void reshard() throws InterruptedException {
        var open = cluster.openShards();
        int index = random.nextInt(open.size() - 1);
        var first = open.get(index);
        var next = open.get(index + 1);
        boolean isSplit = open.size() < SHARDS_MAX && (open.size() < 3 || random.nextBoolean());
        var middle = middleOf(first);
        try {
            cluster.ask(client ->
                    isSplit
                            ? client.splitShard(r ->
                                    r.streamName(NodeCluster.STREAM)
                                            .shardToSplit(first.shardId())
                                            .newStartingHashKey(middle))
                            : client.mergeShards(r ->
                                    r.streamName(NodeCluster.STREAM)
                                            .shardToMerge(first.shardId())
                                            .adjacentShardToMerge(next.shardId())));
        } finally {
            cluster.awaitActive();
        }
    }

    private static String middleOf(Shard shard) {
        var range = shard.hashKeyRange();
        return new BigInteger(range.startingHashKey())
                .add(new BigInteger(range.endingHashKey()))
                .shiftRight(1)
                .toString();
    }

    /** What was done how often, and how long shards took nothing. */
    String summary() {
        var text = new StringBuilder();
        text.append("from the death of its owner until a shard took a record sent after it: ")
                .append(distribution(failOverMs))
                .append("\nlongest pause of each shard, by blow:");
        counts.forEach((nemesis, count) ->
                text.append("\n  %-13s %3d times: ".formatted(nemesis, count))
                        .append(distribution(gapsMs.getOrDefault(nemesis, List.of()))));
        return text.toString();
    }

    private static String distribution(List<Long> ms) {
        var sorted = ms.stream().sorted().toList();
        return sorted.isEmpty()
                ? "none"
                : "%d shards, p50 %d ms, max %d ms"
                        .formatted(sorted.size(), sorted.get(sorted.size() / 2), sorted.getLast());
    }
}
