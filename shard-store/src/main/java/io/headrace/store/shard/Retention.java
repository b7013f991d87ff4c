package io.headrace.store.shard;

import io.headrace.store.ShardKey;

/** How long a shard keeps its records, in ms; asked often, so it answers from memory. */
@FunctionalInterface
public interface Retention {
    Retention FOREVER = shard -> Long.MAX_VALUE;

    long keptMs(ShardKey shard);
}
