package io.headrace.cluster;

import static io.headrace.cluster.TestCluster.await;
import static io.headrace.cluster.TestCluster.causeOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.shard.AppendResult;
import io.headrace.store.shard.ClusterView.Release;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three members, of which one leaves. */
class MovesTest {
    private TestCluster cluster;
    private TestCluster.Node here;
    private TestCluster.Node there;

    @BeforeEach
    void start() {
        cluster = new TestCluster(3);
        here = cluster.nodes.get(0);
        there = cluster.nodes.get(1);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void aDrainedNodeGivesItsShardsAwayAndNobodyNotices() {
        var shard = cluster.shardOf(there);
        var answers = new ArrayList<CompletableFuture<AppendResult>>();
        var expected = new ArrayList<String>();
        CompletableFuture<Integer> drained = new CompletableFuture<>();
        for (int i = 0; i < 300; i++) {
            expected.add("r" + i);
            answers.add(here.shards.append(shard, Batches.of("r" + i)));
            answers.getLast().join();
            if (i == 100) {
                drained = here.cluster.admin().drain("n2");
            }
        }
        assertThat(drained.join()).isGreaterThanOrEqualTo(1);
        assertThat(cluster.disk.records(shard)).isEqualTo(expected);
        assertThat(there.local.owned()).isEmpty();
        for (var node : cluster.nodes) {
            await(
                    "all to know",
                    () -> node.cluster.member().membership().placement().active().size() == 2);
        }
        var owner = here.cluster.member().membership().owner(shard);
        assertThat(owner).isNotEqualTo(there.id());
        assertThat(cluster.nodes)
                .allMatch(node -> node.cluster.member().membership().owner(shard).equals(owner));

        var status = there.cluster.admin().status().join();
        assertThat(status.nodes())
                .extracting(ClusterStatus.Node::name, ClusterStatus.Node::state)
                .containsExactly(
                        tuple("n1", "READY"), tuple("n2", "DRAINING"), tuple("n3", "READY"));
        assertThat(status.nodes())
                .flatExtracting(ClusterStatus.Node::shards)
                .extracting(ClusterStatus.Shard::shard)
                .containsExactly(shard.toString());
        assertThat(status.json()).contains("\"journalId\":\"journal-n2\"", shard.toString());
        assertThat(causeOf(here.cluster.admin().drain("n9")))
                .hasMessageContaining("no node of the cluster is called n9");
    }

    @Test
    void requestsToAKilledNodeFailAtOnceAndTheNextOwnerGoesOn() {
        var shard = cluster.shardOf(there);
        there.local.hold();
        var pending = here.shards.append(shard, Batches.of("lost"));
        await("the append to be there", () -> there.local.held() == 1);
        var wakes = new AtomicInteger();
        here.shards.onCommit(shard, wakes::incrementAndGet);
        await("the first wake-up", () -> wakes.get() > 0);

        // Runs where the failure is told, so before anybody can ask again.
        var ownerThen = new AtomicReference<UUID>();
        var membership = here.cluster.member().membership();
        var failed = pending.whenComplete((result, e) -> ownerThen.set(membership.owner(shard)));

        long before = System.nanoTime();
        cluster.kill(there);
        failed.exceptionally(e -> null).join();
        var failure = causeOf(pending);
        long failedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before);
        assertThat(failure)
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused ->
                                assertThat(refused.code()).isEqualTo(ErrorCode.INTERNAL_FAILURE));
        assertThat(failedMs).isLessThan(TestCluster.FAST.answerMax().toMillis() / 2);
        assertThat(ownerThen.get()).isNotNull().isNotEqualTo(there.id());

        here.shards.append(shard, Batches.of("next")).join();
        assertThat(cluster.disk.records(shard)).containsExactly("lost", "next");
        int sofar = wakes.get();
        cluster.nodes.getLast().shards.append(shard, Batches.of("more")).join();
        await("a wake-up by the new owner", () -> wakes.get() > sofar);
        assertThat(here.cluster.view().release("journal-n2", shard)).isEqualTo(Release.GONE);
    }

    @Test
    void whoWritesAJournalIsAskedToReleaseAShard() {
        var shard = cluster.shardOf(there);
        here.shards.append(shard, Batches.of("a")).join();
        assertThat(there.local.owned()).hasSize(1);
        var view = here.cluster.view();
        assertThat(view.release("journal-n2", shard)).isEqualTo(Release.RELEASED);
        assertThat(there.local.owned()).isEmpty();
        assertThat(view.release("nobody's", shard)).isEqualTo(Release.GONE);
        assertThat(view.isHere(shard)).isFalse();
        assertThat(there.cluster.view().isHere(shard)).isTrue();
    }

    @Test
    void aNodeThatJoinsIsGivenItsShareOnlyWhenItIsReady() {
        var fourth = TestCluster.join(cluster.settings("n4", 1));
        try {
            assertThat(fourth.member().membership().placement().active()).hasSize(3);
            var id = fourth.member().calls().self();
            for (int number = 0; number < 300; number++) {
                var shard = new ShardKey(9, number);
                assertThat(here.cluster.member().membership().owner(shard)).isNotEqualTo(id);
            }
            var local = new OwnedShards(cluster.disk, "journal-n4");
            local.serve(fourth.view()::isHere);
            var all = fourth.open(local, local);
            fourth.ready();
            await(
                    "it to have shards",
                    () ->
                            IntStream.range(0, 300)
                                    .mapToObj(number -> new ShardKey(9, number))
                                    .map(here.cluster.member().membership()::owner)
                                    .anyMatch(id::equals));
            for (int number = 0; number < 50; number++) {
                all.append(new ShardKey(9, number), Batches.of("x")).join();
            }
            // Its view of the table may be older than the owner's: those are given away.
            here.cluster.admin().rebalance().join();
        } finally {
            TestCluster.end(fourth);
        }
    }

    @Test
    void changesOfMetadataAreHeardEverywhere() {
        var heard = new AtomicInteger();
        var others = new AtomicInteger();
        for (var node : cluster.nodes) {
            node.cluster.metadata().subscribe("streams/", prefix -> heard.incrementAndGet());
            node.cluster.metadata().subscribe("consumers/", prefix -> others.incrementAndGet());
        }
        here.cluster.metadata().publish("streams/000000000001/orders");
        await("all to hear", () -> heard.get() == 3);
        assertThat(others).hasValue(0);
    }
}
