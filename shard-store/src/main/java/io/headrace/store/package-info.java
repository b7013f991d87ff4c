/**
 * The durable log. Start at {@link io.headrace.store.ShardKey} and the packages in the order a
 * record travels: {@code record} (the block format), {@code shard} (append and read), {@code
 * journal} (durability), {@code object} (manifests and segments on create-if-absent), {@code
 * stream} (which shards there are).
 */
@NullMarked
package io.headrace.store;

import org.jspecify.annotations.NullMarked;
