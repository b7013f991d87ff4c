package io.headrace.store.consumer;

import io.headrace.store.ShardKey;
import java.util.List;

/** The shards a consumer follows: those of one stream. Never blocks; any thread may call. */
@FunctionalInterface
public interface ShardTree {
    /** Every shard that still keeps records or may get some, ended ones included. */
    List<Node> shards();

    /**
     * A shard and those it was split from or merged of; they may be gone from the tree. Their
     * numbers are below its own.
     */
    record Node(ShardKey shard, List<ShardKey> parents) {
        public Node {
            parents = List.copyOf(parents);
            for (var parent : parents) {
                if (parent.compareTo(shard) >= 0) {
                    throw new IllegalArgumentException(parent + " is no parent of " + shard);
                }
            }
        }

        boolean isAfter(ShardKey other) {
            return other.streamId() == shard.streamId() && other.number() < shard.number();
        }
    }
}
