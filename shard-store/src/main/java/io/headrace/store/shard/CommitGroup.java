package io.headrace.store.shard;

import java.util.List;

/**
 * What one sync settles: the blocks of an entry, if it has any, and the ends that came with them.
 *
 * @param durableBefore what the journal must have made durable
 */
record CommitGroup(
        long entry, long durableBefore, List<CommitBlock> blocks, List<Request.End> ends) {
    CommitGroup {
        blocks = List.copyOf(blocks);
        ends = List.copyOf(ends);
    }

    long bytes() {
        long bytes = 0;
        for (var block : blocks) {
            bytes += block.stored().length();
        }
        return bytes;
    }

    int records() {
        int records = 0;
        for (var block : blocks) {
            records += block.records();
        }
        return records;
    }
}
