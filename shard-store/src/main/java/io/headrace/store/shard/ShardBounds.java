package io.headrace.store.shard;

/**
 * What a shard holds: records {@code [firstIndex, nextIndex)}. Both equal: nothing is kept. {@code
 * closed}: nothing will ever be appended at {@code nextIndex}. {@code lastArrivalMs} is the newest
 * block's arrival, or 0 if there never was one.
 */
public record ShardBounds(long firstIndex, long nextIndex, boolean closed, long lastArrivalMs) {}
