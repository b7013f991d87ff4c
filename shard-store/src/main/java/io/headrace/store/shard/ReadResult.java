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

    /**
     * What a read of these plain blocks gives, which follow one another.
     *
     * @param bytesMax bound on the encoded bytes of the records
     */
    public static ReadResult of(
            ShardBounds bounds, long fromIndex, List<Block> blocks, int recordsMax, int bytesMax) {
        var slices = new Slices(bounds, fromIndex, recordsMax, bytesMax, Long.MIN_VALUE);
        for (var block : blocks) {
            if (!slices.add(block)) {
                break;
            }
        }
        return slices.result();
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
