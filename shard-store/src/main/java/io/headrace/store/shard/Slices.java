package io.headrace.store.shard;

import io.headrace.store.record.Block;
import io.headrace.store.record.RecordBatch;
import java.util.ArrayList;
import java.util.List;

/** Gathers a read's answer from plain blocks, in order, up to its limits; for one thread. */
final class Slices {
    private final List<ReadResult.Slice> slices = new ArrayList<>();
    private final ShardBounds bounds;
    private final long cutoffMs;
    private int recordsLeft;
    private long bytesLeft;
    private long next;

    /**
     * @param cutoffMs blocks that arrived before have passed retention and are skipped
     */
    Slices(ShardBounds bounds, long fromIndex, int recordsMax, int bytesMax, long cutoffMs) {
        this.bounds = bounds;
        this.next = fromIndex;
        this.recordsLeft = recordsMax;
        this.bytesLeft = bytesMax;
        this.cutoffMs = cutoffMs;
    }

    /** Takes what is wanted of a block; false once the limits are reached. */
    boolean add(Block block) {
        if (block.nextIndex() <= next) {
            return true;
        }
        if (block.arrivalMs() < cutoffMs) {
            next = block.nextIndex();
            return true;
        }
        long first = Math.max(next, block.firstIndex());
        int bodyBytes = block.length() - Block.HEADER_BYTES;
        if (first == block.firstIndex() && block.count() <= recordsLeft && bodyBytes <= bytesLeft) {
            take(block, first, block.nextIndex(), bodyBytes);
        } else {
            cut(block, first);
        }
        return next == block.nextIndex() && recordsLeft > 0 && bytesLeft > 0;
    }

    /** How many blocks can be wanted at most: each has a record. */
    int blocksMax() {
        return recordsLeft;
    }

    ReadResult result() {
        return new ReadResult(slices, next, bounds);
    }

    private void cut(Block block, long first) {
        var records = block.records();
        for (long index = block.firstIndex(); index < first; index++) {
            records.next();
        }
        long end = first;
        long bytes = 0;
        while (end - first < recordsLeft && records.next()) {
            long size =
                    RecordBatch.RECORD_OVERHEAD + (long) records.keyLength() + records.dataLength();
            boolean isFirst = slices.isEmpty() && end == first;
            if (bytes + size > bytesLeft && !isFirst) {
                break;
            }
            bytes += size;
            end++;
        }
        if (end > first) {
            take(block, first, end, bytes);
        }
        if (end < block.nextIndex()) {
            bytesLeft = 0;
        }
    }

    private void take(Block block, long from, long to, long bytes) {
        slices.add(new ReadResult.Slice(block, from, to));
        recordsLeft -= (int) (to - from);
        bytesLeft -= bytes;
        next = to;
    }
}
