package io.headrace.store.stream;

import io.headrace.store.ShardKey;

/**
 * What was put to a shard of an on-demand stream, by the halves of its range.
 *
 * @param lowerBytes of keys and data, to the lower half
 */
public record ShardLoad(ShardKey shard, long records, long lowerBytes, long upperBytes) {}
