/**
 * A node's part in a cluster. {@link io.headrace.cluster.Cluster} joins it, gives the store its
 * view of the others and everyone else all shards, and answers what other nodes ask. Nothing here
 * makes anything durable: membership and placement are hints.
 */
@NullMarked
package io.headrace.cluster;

import org.jspecify.annotations.NullMarked;
