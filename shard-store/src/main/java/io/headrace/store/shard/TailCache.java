package io.headrace.store.shard;

import io.headrace.store.record.Block;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what the shards keep of their newest blocks in memory, all together; the oldest leave
 * first. The publishing thread adds; any thread may give back.
 */
final class TailCache {
    /** A block costs its bytes and about this much for the objects around them. */
    private static final int OBJECT_BYTES = 224;

    private final long bytesMax;
    private final AtomicLong bytes = new AtomicLong();

    /** A shard for each block that was added and not evicted, in order. */
    private final ArrayDeque<ShardLog> order = new ArrayDeque<>();

    TailCache(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    static int bytesOf(Block block) {
        return block.length() + OBJECT_BYTES;
    }

    /** The shard has just cached this block. */
    void added(ShardLog log, Block block) {
        order.addLast(log);
        bytes.addAndGet(bytesOf(block));
        while (bytes.get() > bytesMax && !order.isEmpty()) {
            bytes.addAndGet(-order.removeFirst().evictOldest());
        }
    }

    void dropped(long droppedBytes) {
        bytes.addAndGet(-droppedBytes);
    }

    long bytes() {
        return bytes.get();
    }
}
