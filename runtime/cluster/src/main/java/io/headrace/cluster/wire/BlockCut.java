package io.headrace.cluster.wire;

import io.headrace.store.record.Block;
import io.headrace.store.record.BlockBuilder;
import io.headrace.store.record.RecordBatch;
import io.headrace.store.shard.ReadResult;

/**
 * A few records of a large block, as a block of their own: who reads little should not be sent
 * much. The records are copied as they are. Any thread.
 */
final class BlockCut {
    /** Below, a whole block is as cheap as looking for the cut. */
    private static final int CUT_BYTES_MIN = 4 << 10;

    private BlockCut() {}

    /** The same records in fewer bytes, or the slice as it is where that saves less than half. */
    static ReadResult.Slice worthwhile(ReadResult.Slice slice) {
        var block = slice.block();
        long wanted = slice.toIndex() - slice.fromIndex();
        if (block.length() < CUT_BYTES_MIN || wanted * 2 > block.count()) {
            return slice;
        }
        var records = block.records();
        int start = 0;
        int end = 0;
        for (long index = block.firstIndex(); index < slice.toIndex(); index++) {
            records.next();
            if (index == slice.fromIndex()) {
                start = records.keyOffset() - RecordBatch.RECORD_OVERHEAD;
            }
            end = records.dataOffset() + records.dataLength();
        }
        if ((end - start) * 2L > block.length()) {
            return slice;
        }
        var memory = new byte[Block.HEADER_BYTES + end - start];
        records.bytes().get(start, memory, Block.HEADER_BYTES, end - start);
        var batch = RecordBatch.received(memory, 0, end - start, (int) wanted);
        var cut =
                BlockBuilder.sealAlone(
                        batch, block.shard(), block.epoch(), slice.fromIndex(), block.arrivalMs());
        return new ReadResult.Slice(
                block.isStoredEncrypted() ? cut.asDecrypted() : cut,
                slice.fromIndex(),
                slice.toIndex());
    }
}
