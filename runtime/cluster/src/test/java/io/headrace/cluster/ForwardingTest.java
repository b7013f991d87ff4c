package io.headrace.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.ShardKey;
import io.headrace.store.shard.AppendResult;
import io.headrace.store.shard.ReadResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two members: what one asks for, the owner does. */
class ForwardingTest {
    private static TestCluster cluster;
    private static TestCluster.Node here;
    private static TestCluster.Node there;

    @BeforeAll
    static void start() {
        cluster = new TestCluster(2);
        here = cluster.nodes.get(0);
        there = cluster.nodes.get(1);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void aRemoteShardIsAppendedToAndRead() {
        var shard = cluster.shardOf(there);
        var first = here.shards.append(shard, Batches.of("a", "b")).join();
        var second = here.shards.append(shard, Batches.of("c")).join();
        assertThat(first).isEqualTo(new AppendResult.Committed(0, 1000));
        assertThat(second).isEqualTo(new AppendResult.Committed(2, 1002));
        assertThat(cluster.disk.records(shard)).containsExactly("a", "b", "c");

        var read = here.shards.read(shard, 1, 10, 1 << 20).join();
        assertThat(texts(read)).containsExactly("b", "c");
        assertThat(read.nextIndex()).isEqualTo(3);
        assertThat(here.shards.indexAt(shard, 1001).join()).isEqualTo(2);
        assertThat(here.shards.bounds(shard).join()).isEqualTo(there.local.bounds(shard).join());

        assertThat(here.shards.close(shard).join().closed()).isTrue();
        assertThat(here.shards.append(shard, Batches.of("late")).join())
                .isEqualTo(new AppendResult.Closed());
        here.shards.delete(shard).join();
        assertThat(cluster.disk.records(shard)).isEmpty();
    }

    @Test
    void appendsKeepTheirOrder() {
        var shard = new ShardKey(8, 0);
        var answers = new ArrayList<CompletableFuture<AppendResult>>();
        var expected = new ArrayList<String>();
        for (int i = 0; i < 50; i++) {
            expected.add("r" + i);
            answers.add(here.shards.append(shard, Batches.of("r" + i)));
        }
        answers.forEach(CompletableFuture::join);
        assertThat(cluster.disk.records(shard)).isEqualTo(expected);
    }

    @Test
    void commitsElsewhereWakeWhoWaits() {
        var shard = cluster.shardOf(there, 11);
        var wakes = new AtomicInteger();
        var registration = here.shards.onCommit(shard, wakes::incrementAndGet);
        TestCluster.await("the first wake-up", () -> wakes.get() > 0);
        int before = wakes.get();
        there.shards.append(shard, Batches.of("x")).join();
        TestCluster.await("the commit's wake-up", () -> wakes.get() > before);
        registration.close();
        TestCluster.await("nobody to be told", () -> there.local.listeners(shard) == 0);
    }

    static List<String> texts(ReadResult read) {
        var texts = new ArrayList<String>();
        for (var slice : read.slices()) {
            var all = Batches.texts(slice.block());
            for (long index = slice.fromIndex(); index < slice.toIndex(); index++) {
                texts.add(all.get((int) (index - slice.block().firstIndex())));
            }
        }
        return texts;
    }
}
