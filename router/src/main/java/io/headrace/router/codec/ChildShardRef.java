package io.headrace.router.codec;

import java.util.List;

/**
 * A child shard as GetRecords and SubscribeToShard tell of it when its parent has ended; hash keys
 * in decimal.
 */
public record ChildShardRef(
        String shardId, List<String> parentShardIds, String startingHashKey, String endingHashKey) {
    public ChildShardRef {
        parentShardIds = List.copyOf(parentShardIds);
    }
}
