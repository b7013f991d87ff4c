package io.headrace.router.streams;

import io.headrace.router.auth.Authorizer;
import io.headrace.router.auth.Conditions;
import io.headrace.router.auth.Policy;
import io.headrace.router.wire.RequestContext;
import io.headrace.store.stream.ConsumerState;
import io.headrace.store.stream.StreamCatalog;
import io.headrace.store.stream.StreamName;
import io.headrace.store.stream.StreamState;
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

    /** Returns if the caller may do the context's operation on this stream. */
    public void check(RequestContext context, StreamName stream) {
        check(
                context,
                identity.streamArn(stream),
                policy(catalog.find(stream).map(StreamState::policy).orElse("")));
    }

    /** Returns if the caller may do the context's operation on this consumer. */
    public void checkConsumer(RequestContext context, StreamName stream, String name) {
        var consumer = catalog.find(stream).flatMap(state -> state.consumer(name));
        var arn =
                consumer.map(found -> identity.consumerArn(stream, found))
                        .orElseGet(() -> identity.streamArn(stream) + "/consumer/" + name + ":0");
        check(context, arn, policy(consumer.map(ConsumerState::policy).orElse("")));
    }

    /** Returns if the caller may do the context's operation, which is on no resource. */
    public void check(RequestContext context) {
        check(context, "*", null);
    }

    private void check(RequestContext context, String arn, @Nullable Policy policy) {
        authorizer.check(
                context.caller(), "kinesis:" + context.operation(), arn, policy, Conditions.none());
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
