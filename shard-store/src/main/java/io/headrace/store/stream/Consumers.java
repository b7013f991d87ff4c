package io.headrace.store.stream;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import java.util.ArrayList;

/** The rules of registering and removing consumers, as changes of a stream's state. */
final class Consumers {
    private Consumers() {}

    static StreamState register(StreamState state, ConsumerState added, StreamLimits limits) {
        Streams.requireSettled(state);
        if (state.consumer(added.name()).isPresent()) {
            throw new RefusedException(
                    ErrorCode.RESOURCE_IN_USE,
                    "Consumer %s under stream %s already exists for account %s."
                            .formatted(
                                    added.name(), state.name().name(), state.name().accountId()));
        }
        if (state.consumers().size() >= limits.consumersMax()) {
            throw new RefusedException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "Limit of %d consumers per stream exceeded for stream %s under account %s."
                            .formatted(
                                    limits.consumersMax(),
                                    state.name().name(),
                                    state.name().accountId()));
        }
        long creating =
                state.consumers().stream()
                        .filter(one -> one.status() == ConsumerState.Status.CREATING)
                        .count();
        if (creating >= limits.creatingMax()) {
            throw new RefusedException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "Limit for simultaneous consumers in CREATING state exceeded: "
                            + limits.creatingMax());
        }
        var consumers = new ArrayList<>(state.consumers());
        consumers.add(added);
        return state.withConsumers(consumers);
    }

    /**
     * @param atOnce whether the consumer goes without being DELETING until {@code dueMs}
     */
    static StreamState deregister(StreamState state, String name, long dueMs, boolean atOnce) {
        var found = state.consumer(name);
        if (found.isEmpty()) {
            throw new RefusedException(
                    ErrorCode.RESOURCE_NOT_FOUND,
                    "Consumer %s under stream %s not found for account %s."
                            .formatted(name, state.name().name(), state.name().accountId()));
        }
        if (found.get().status() == ConsumerState.Status.DELETING) {
            throw new RefusedException(
                    ErrorCode.RESOURCE_IN_USE,
                    "Consumer %s under stream %s is being deleted already."
                            .formatted(name, state.name().name()));
        }
        if (atOnce) {
            return state.withConsumers(
                    state.consumers().stream().filter(one -> !one.name().equals(name)).toList());
        }
        return state.withConsumer(
                name, consumer -> consumer.withStatus(ConsumerState.Status.DELETING, dueMs));
    }
}
