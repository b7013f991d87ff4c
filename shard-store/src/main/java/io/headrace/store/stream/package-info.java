/**
 * Which streams and shards there are. {@link io.headrace.store.stream.StreamState} is all that is
 * known of a stream, {@link io.headrace.store.stream.StreamCatalog} keeps the states as versioned
 * objects and in memory, {@link io.headrace.store.stream.Streams} changes them and {@link
 * io.headrace.store.stream.Transitions} carries out what takes more than one write.
 */
@NullMarked
package io.headrace.store.stream;

import org.jspecify.annotations.NullMarked;
