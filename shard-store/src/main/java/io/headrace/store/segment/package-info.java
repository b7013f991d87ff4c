/** Committed blocks of one shard as one compressed, indexed object: what a replay reads. */
@NullMarked
package io.headrace.store.segment;

import org.jspecify.annotations.NullMarked;
