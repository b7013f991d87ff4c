package io.headrace.router.streams;

import io.headrace.router.auth.Authorizer;
import io.headrace.router.auth.Policy;
import io.headrace.router.auth.RequestConditions;
import io.headrace.router.auth.Resource;
import io.headrace.router.wire.RequestContext;
import io.headrace.store.stream.ConsumerState;
import io.headrace.store.stream.StreamCatalog;
import io.headrace.store.stream.StreamName;
import io.headrace.store.stream.StreamState;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Asks the authorizer whether a caller may do an operation on a stream or consumer, by the caller's
 * policies and the resource's. Says the same of what exists and what does not. Never blocks; any
 * thread.
 */
public final class StreamAccess {
    private static final int PARSED_MAX = 1_000;

    private final Authorizer authorizer;
    private final StreamCatalog catalog;
    private final NodeIdentity identity;
    private final ConcurrentHashMap<String, Policy> parsed = new ConcurrentHashMap<>();

    public StreamAccess(Authorizer authorizer, StreamCatalog catalog, NodeIdentity identity) {
        this.authorizer = authorizer;
        this.catalog = catalog;
        this.identity = identity;
    }

    /** What a caller wants to do, of which request. */
    record Asked(
            RequestContext context,
            String operation,
            Map<String, String> tags,
            Collection<String> tagKeys) {
        /** The context's operation, with nothing about tags. */
        Asked(RequestContext context) {
            this(context, context.operation(), Map.of(), List.of());
        }

        /** What is also done by the same request. */
        Asked andAlso(String other) {
            return new Asked(context, other, tags, tagKeys);
        }
    }

    /** Returns if the caller may do this to the stream, which may not exist. */
    void check(Asked asked, StreamName stream) {
        var state = catalog.find(stream);
        check(
                asked,
                new Resource(
                        identity.streamArn(stream),
                        policy(state.map(StreamState::policy).orElse("")),
                        state.map(StreamState::tags).orElse(Collections.emptySortedMap())));
    }

    /** Returns if the caller may do this to the consumer of an ARN, which may not exist. */
    void check(Asked asked, ResourceArn.OfConsumer named) {
        var found =
                catalog.find(named.stream())
                        .flatMap(state -> state.consumer(named.consumer()))
                        .filter(consumer -> consumer.createdSeconds() == named.createdSeconds());
        // Not as it was given: its partition is anything.
        var arn = consumerArn(named.stream(), named.consumer()) + ":" + named.createdSeconds();
        check(asked, consumer(arn, arn, arn, found));
    }

    /** Returns if the caller may do this to the consumer of this name, which may not exist. */
    void check(Asked asked, StreamName stream, String consumer) {
        var found = catalog.find(stream).flatMap(state -> state.consumer(consumer));
        var named = consumerArn(stream, consumer);
        var absent = named + ":0";
        var arn = found.map(there -> named + ":" + there.createdSeconds()).orElse(absent);
        check(asked, consumer(arn, absent, named, found));
    }

    /** Returns if the caller may do this, which is done to no resource. */
    void check(Asked asked) {
        check(asked, Resource.bare("*"));
    }

    private Resource consumer(
            String arn, String absentArn, String shownArn, Optional<ConsumerState> found) {
        return new Resource(
                arn,
                absentArn,
                shownArn,
                policy(found.map(ConsumerState::policy).orElse("")),
                found.map(ConsumerState::tags).orElse(Collections.emptySortedMap()));
    }

    private String consumerArn(StreamName stream, String consumer) {
        return identity.streamArn(stream) + "/consumer/" + consumer;
    }

    private void check(Asked asked, Resource resource) {
        var context = asked.context();
        authorizer.check(
                context.caller(),
                "kinesis:" + asked.operation(),
                resource,
                new RequestConditions(
                        context.origin(), identity.region(), asked.tags(), asked.tagKeys()));
    }

    private @Nullable Policy policy(String json) {
        if (json.isEmpty()) {
            return null;
        }
        if (parsed.size() >= PARSED_MAX) {
            parsed.clear();
        }
        return parsed.computeIfAbsent(json, Policy::stored);
    }
}
