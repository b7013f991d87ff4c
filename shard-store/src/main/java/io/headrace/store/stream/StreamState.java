package io.headrace.store.stream;

import io.headrace.store.ShardKey;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of a stream at one version of its object. Immutable.
 *
 * @param id random, never reused: a stream deleted and created again under its name gets a new one
 * @param policy resource policy, or empty for none
 * @param pending what is being done to the stream; null exactly while it is ACTIVE
 */
public record StreamState(
        StreamName name,
        long id,
        long createdMs,
        StreamStatus status,
        StreamOptions options,
        ShardMap shards,
        SortedMap<String, String> tags,
        List<ConsumerState> consumers,
        String policy,
        ChangeLog changes,
        @Nullable Transition pending) {
    public StreamState {
        tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
        consumers = List.copyOf(consumers);
        if ((pending == null) != (status == StreamStatus.ACTIVE)) {
            throw new IllegalArgumentException(
                    name.described() + " is " + status + " with pending " + pending);
        }
    }

    public ShardKey shardKey(int number) {
        return new ShardKey(id, number);
    }

    public Optional<ConsumerState> consumer(String consumerName) {
        return consumers.stream()
                .filter(consumer -> consumer.name().equals(consumerName))
                .findFirst();
    }

    /** The same with one consumer changed. */
    public StreamState withConsumer(String consumerName, UnaryOperator<ConsumerState> change) {
        return withConsumers(
                consumers.stream()
                        .map(consumer ->
                                consumer.name().equals(consumerName)
                                        ? change.apply(consumer)
                                        : consumer)
                        .toList());
    }

    /** The same with a change under way. */
    public StreamState begin(StreamStatus newStatus, Transition transition) {
        return new StreamState(
                name,
                id,
                createdMs,
                newStatus,
                options,
                shards,
                tags,
                consumers,
                policy,
                changes,
                transition);
    }

    /** The same with nothing under way. */
    public StreamState settle() {
        return new StreamState(
                name,
                id,
                createdMs,
                StreamStatus.ACTIVE,
                options,
                shards,
                tags,
                consumers,
                policy,
                changes,
                null);
    }

    public StreamState withOptions(StreamOptions value) {
        return new StreamState(
                name, id, createdMs, status, value, shards, tags, consumers, policy, changes,
                pending);
    }

    public StreamState withShards(ShardMap value) {
        return new StreamState(
                name, id, createdMs, status, options, value, tags, consumers, policy, changes,
                pending);
    }

    public StreamState withTags(Map<String, String> value) {
        return new StreamState(
                name,
                id,
                createdMs,
                status,
                options,
                shards,
                new TreeMap<>(value),
                consumers,
                policy,
                changes,
                pending);
    }

    public StreamState withConsumers(List<ConsumerState> value) {
        return new StreamState(
                name, id, createdMs, status, options, shards, tags, value, policy, changes,
                pending);
    }

    public StreamState withPolicy(String value) {
        return new StreamState(
                name, id, createdMs, status, options, shards, tags, consumers, value, changes,
                pending);
    }

    public StreamState withChanges(ChangeLog value) {
        return new StreamState(
                name, id, createdMs, status, options, shards, tags, consumers, policy, value,
                pending);
    }
}
