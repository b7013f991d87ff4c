/** Shards of other nodes, reached through their owners. */
@NullMarked
package io.headrace.cluster.forward;

import org.jspecify.annotations.NullMarked;
