/**
 * Consumers that keep their place: members of a group share a stream's shards by leases, read
 * parents before children, and commit how far they came. Start at {@link
 * io.headrace.store.consumer.ConsumerMember}; {@link io.headrace.store.consumer.ConsumerGroups} is
 * for those who look on and repair.
 */
@NullMarked
package io.headrace.store.consumer;

import org.jspecify.annotations.NullMarked;
