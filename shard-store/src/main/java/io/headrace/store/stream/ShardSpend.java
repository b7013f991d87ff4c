package io.headrace.store.stream;

import io.headrace.store.ShardKey;

/**
 * What was taken of the quotas of a shard.
 *
 * @param records written
 * @param bytes written
 * @param reads calls
 * @param iterators calls
 * @param readBytes read
 */
public record ShardSpend(
        ShardKey shard, long records, long bytes, long reads, long iterators, long readBytes) {}
