package io.headrace.store.consumer;

import io.headrace.store.ShardKey;

/**
 * How far a consumer is behind in a shard: in records, and in milliseconds since the next one
 * arrived (0: none waits). {@code owner} is empty if nobody holds the lease.
 */
public record ShardLag(
        ShardKey shard,
        long index,
        long nextIndex,
        long recordsBehind,
        long msBehind,
        String owner) {}
