package io.headrace.store.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.ShardKey;
import io.headrace.store.record.TestBlocks;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Shards come and go, and nothing of those that went is held for good. */
class DeletedShardsTest {
    @Test
    void theLastAreKnown() {
        var deleted = new DeletedShards();
        for (int i = 0; i < 2 * DeletedShards.SHARDS_MAX; i++) {
            deleted.add(new ShardKey(i, 0));
        }
        assertThat(deleted.contains(new ShardKey(2L * DeletedShards.SHARDS_MAX - 1, 0))).isTrue();
        assertThat(deleted.contains(new ShardKey(DeletedShards.SHARDS_MAX, 0))).isTrue();
        assertThat(deleted.contains(new ShardKey(DeletedShards.SHARDS_MAX - 1, 0))).isFalse();
    }

    @Test
    void theTailCacheLetsGoOfThemBeforeItIsFull() {
        var cache = new TailCache(Long.MAX_VALUE);
        var block =
                TestBlocks.block(TestBlocks.batch(TestBlocks.clicks(new Random(1), 100)), 1, 0, 1);
        var kept = new ShardLog(new ShardKey(1, 0), cache);
        for (int i = 0; i < 10_000; i++) {
            var log = new ShardLog(new ShardKey(2, i), cache);
            cache.added(log, block);
            log.delete();
            // As its index would have told.
            cache.dropped(TailCache.bytesOf(block), 1);
            if (i % 10 == 0) {
                cache.added(kept, block);
            }
        }
        assertThat(cache.held()).isBetween(1_000, 3_000);
        assertThat(cache.bytes()).isEqualTo(1_000L * TailCache.bytesOf(block));
    }
}
