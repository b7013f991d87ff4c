package io.headrace.store.shard;

import io.headrace.store.ShardKey;
import io.headrace.store.record.Block;
import java.util.List;

/**
 * The newest committed blocks in the memory of all nodes. It may lose anything at any time, and
 * never has what is not durable: who misses something reads the journal or a segment. Any thread
 * may call.
 */
public interface HotTier {
    /** Keeps nothing. */
    HotTier NONE =
            new HotTier() {
                @Override
                public void committed(ShardKey shard, Block stored) {}

                @Override
                public List<Block> from(ShardKey shard, long firstIndex) {
                    return List.of();
                }
            };

    /**
     * A block is durable. Called on the committing thread in the order of the shard: only hands
     * over, and drops what there is no room for.
     *
     * @param stored as it lies in the journal, encrypted if the shard is
     */
    void committed(ShardKey shard, Block stored);

    /**
     * A run of blocks, as they are stored, that begins at exactly this index; may block briefly.
     */
    List<Block> from(ShardKey shard, long firstIndex);
}
