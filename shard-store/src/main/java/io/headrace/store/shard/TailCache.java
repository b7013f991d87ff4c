package io.headrace.store.shard;

import io.headrace.store.record.Block;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what the shards keep of their newest blocks in memory, all together; the oldest leave
 * first. The publishing thread adds; any thread may give back.
 */
final class TailCache {
    /** A block costs its bytes and about this much for the objects around them. */
    private static final int OBJECT_BYTES = 224;

    private static final int STALE_MIN = 256;

    private final long bytesMax;
    private final AtomicLong bytes = new AtomicLong();

    /** A shard for each block that was added and not evicted, in order; and of deleted ones. */
    private final ArrayDeque<ShardLog> order = new ArrayDeque<>();

    /** About how many of them are of deleted shards. */
    private final AtomicInteger stale = new AtomicInteger();

    TailCache(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    static int bytesOf(Block block) {
        return block.length() + OBJECT_BYTES;
    }

    /** The shard has just cached this block. */
    void added(ShardLog log, Block block) {
        forgetDeleted();
        order.addLast(log);
        bytes.addAndGet(bytesOf(block));
        while (bytes.get() > bytesMax && !order.isEmpty()) {
            bytes.addAndGet(-order.removeFirst().evictOldest());
        }
    }

    /** A shard was deleted, and so many of its blocks with it. */
    void dropped(long droppedBytes, int blocks) {
        bytes.addAndGet(-droppedBytes);
        stale.addAndGet(blocks);
    }

    /** Shards that are held, once for each block; for the publishing thread. */
    int held() {
        return order.size();
    }

    /** When it is half of all: a pass over all for each deletion would cost more than it frees. */
    private void forgetDeleted() {
        if (stale.get() > STALE_MIN && stale.get() > order.size() / 2) {
            stale.set(0);
            order.removeIf(ShardLog::isDeleted);
        }
    }

    long bytes() {
        return bytes.get();
    }
}
