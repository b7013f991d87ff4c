package io.headrace.store.shard;

import io.headrace.store.record.Block;
import java.util.List;

/**
 * A run of records: from each slice's block the records {@code [fromIndex, toIndex)}. {@code
 * nextIndex} is where to read on; {@code bounds} was taken before the read, so {@code nextIndex >=
 * bounds.nextIndex()} means caught up.
 */
public record ReadResult(List<Slice> slices, long nextIndex, ShardBounds bounds) {
    public ReadResult {
        slices = List.copyOf(slices);
    }

    /** Part of a plain (decrypted) block. */
    public record Slice(Block block, long fromIndex, long toIndex) {
        public Slice {
            if (fromIndex < block.firstIndex()
                    || toIndex > block.nextIndex()
                    || fromIndex >= toIndex) {
                throw new IllegalArgumentException(
                        "[%d, %d) of block %s".formatted(fromIndex, toIndex, block));
            }
        }
    }
}
