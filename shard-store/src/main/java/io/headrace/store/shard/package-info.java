/** Shards as ordered logs: append, read, follow, close; owned by one writer each. */
@NullMarked
package io.headrace.store.shard;

import org.jspecify.annotations.NullMarked;
