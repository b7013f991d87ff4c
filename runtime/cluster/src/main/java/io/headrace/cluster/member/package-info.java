/** Who is a member, how it is reached, and which member should own a shard: hints, never proof. */
@NullMarked
package io.headrace.cluster.member;

import org.jspecify.annotations.NullMarked;
