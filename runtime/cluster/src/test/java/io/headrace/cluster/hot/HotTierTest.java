package io.headrace.cluster.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.cluster.Batches;
import io.headrace.cluster.TestCluster;
import io.headrace.store.ShardKey;
import io.headrace.store.record.Block;
import io.headrace.store.record.BlockBuilder;
import io.headrace.store.shard.ShardBounds;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one node commits the other reads, as long as nobody says there is more. */
@Timeout(60)
class HotTierTest {
    private static TestCluster cluster;
    private static TestCluster.Node here;
    private static TestCluster.Node there;

    private final AtomicLong nanos = new AtomicLong();

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
    void whatIsCommittedOnOneNodeIsHotOnAll() {
        var shard = cluster.shardOf(there);
        var blocks = commit(shard, 0, 40);
        var found = new ArrayList<Block>();
        for (long next = 0; next < 80; next = found.getLast().nextIndex()) {
            found.addAll(awaitFrom(shard, next));
        }
        assertThat(found.stream().map(Block::content))
                .isEqualTo(blocks.stream().map(Block::content).toList());
        assertThat(here.cluster.hot().from(shard, 1)).isEmpty();
        assertThat(here.cluster.hot().from(new ShardKey(99, 0), 0)).isEmpty();
        assertThat(here.cluster.hot().bytes() + there.cluster.hot().bytes()).isPositive();
    }

    @Test
    void readersAreServedAsLongAsTheOwnerSaidHowFarItGoes() {
        var shard = new ShardKey(11, 4);
        commit(shard, 0, 1);
        awaitFrom(shard, 0);
        var reads = new HotReads(here.cluster.hot(), nanos::get);
        assertThat(reads.read(shard, 0, 10, 1000).join()).isEmpty();
        var bounds = new ShardBounds(0, 2, false, 1000);
        reads.learn(shard, bounds);
        var found = reads.read(shard, 0, 1, 1000).join().orElseThrow();
        assertThat(found.nextIndex()).isEqualTo(1);
        assertThat(found.bounds()).isEqualTo(bounds);
        // There may be more behind the end by now.
        assertThat(reads.read(shard, 0, 10, 1000).join()).isEmpty();
        // At the end, below the beginning, or too long after he said so, the owner is asked.
        assertThat(reads.read(shard, 2, 10, 1000).join()).isEmpty();
        nanos.addAndGet(300_000_000);
        assertThat(reads.read(shard, 0, 10, 1000).join()).isEmpty();
        reads.learn(shard, new ShardBounds(1, 2, false, 1000));
        assertThat(reads.read(shard, 0, 10, 1000).join()).isEmpty();
    }

    @Test
    void anAnswerIsPutTogetherFromAsManyRunsAsItNeeds() {
        var shard = new ShardKey(12, 4);
        for (int i = 0; i < 5; i++) {
            // One after the other is there, so that each is a run.
            commit(shard, 2L * i, 1);
            awaitFrom(shard, 2L * i);
        }
        var reads = new HotReads(here.cluster.hot(), nanos::get);
        reads.learn(shard, new ShardBounds(0, 10, false, 1000));
        var found = reads.read(shard, 0, 7, 100_000).join().orElseThrow();
        assertThat(found.nextIndex()).isEqualTo(7);
        assertThat(found.slices()).hasSize(4);
        // What is missing in between is not skipped: the owner has it.
        reads.learn(shard, new ShardBounds(0, 20, false, 1000));
        assertThat(reads.read(shard, 0, 11, 100_000).join()).isEmpty();
    }

    /** Blocks of two records each. */
    private static List<Block> commit(ShardKey shard, long first, int count) {
        var blocks = new ArrayList<Block>();
        for (int i = 0; i < count; i++) {
            var batch = Batches.of("a" + i, "b" + i);
            var builder = new BlockBuilder(batch.length());
            builder.add(batch);
            blocks.add(builder.seal(shard, 1, first + 2L * i, 1000));
        }
        blocks.forEach(block -> there.cluster.hot().committed(shard, block));
        return blocks;
    }

    /** It comes behind the commits, when it comes. */
    private static List<Block> awaitFrom(ShardKey shard, long index) {
        var found = new ArrayList<Block>();
        TestCluster.await(
                "block " + index,
                () -> {
                    found.clear();
                    found.addAll(here.cluster.hot().from(shard, index));
                    return !found.isEmpty();
                });
        return found;
    }
}
