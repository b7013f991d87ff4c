package io.headrace.store.shard;

import io.headrace.store.ShardKey;
import java.util.LinkedHashSet;

/** The shards that were deleted last, so many that no request for an older one is under way. */
final class DeletedShards {
    static final int SHARDS_MAX = 10_000;

    private final LinkedHashSet<ShardKey> shards = new LinkedHashSet<>();

    synchronized void add(ShardKey shard) {
        shards.addLast(shard);
        if (shards.size() > SHARDS_MAX) {
            shards.removeFirst();
        }
    }

    synchronized boolean contains(ShardKey shard) {
        return shards.contains(shard);
    }
}
