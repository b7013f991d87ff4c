package io.headrace.router.streams;

import io.headrace.router.wire.RequestContext;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.stream.ConsumerState;
import io.headrace.store.stream.StreamName;
import io.headrace.store.stream.StreamState;
import org.jspecify.annotations.Nullable;

/**
 * Lets a request on records through to its stream: first may the caller, then is there such a
 * stream, so that nobody learns from a denial what exists. Never blocks; any thread.
 */
final class StreamGate {
    private final StreamLookup lookup;
    private final StreamAccess access;

    StreamGate(StreamLookup lookup, StreamAccess access) {
        this.lookup = lookup;
        this.access = access;
    }

    /** Admits a request that names its stream by name, ARN or both. */
    StreamState admit(@Nullable String name, @Nullable String arn, RequestContext context) {
        access.check(new StreamAccess.Asked(context), lookup.name(name, arn, context));
        return lookup.serving(name, arn, context);
    }

    /** Returns if the caller may do this to the stream, which may not exist. */
    void check(StreamName stream, RequestContext context) {
        access.check(new StreamAccess.Asked(context), stream);
    }

    /** The stream of a shard. Kinesis says of a stream that is not there that its shard is not. */
    StreamState serving(StreamName stream, int shard) {
        return lookup.findServing(stream).orElseThrow(() -> ShardPosition.absent(stream, shard));
    }

    /** The one ARN of a consumer, however a request wrote it. */
    String arn(StreamLookup.FoundConsumer found) {
        return lookup.identity().consumerArn(found.stream().name(), found.consumer());
    }

    /** Admits a subscription by its consumer's ARN, of which the partition may be anything. */
    StreamLookup.FoundConsumer admitConsumer(String consumerArn, RequestContext context) {
        if (!(lookup.parse(consumerArn) instanceof ResourceArn.OfConsumer arn)) {
            throw StreamLookup.invalid("Invalid ConsumerARN: " + consumerArn);
        }
        access.check(new StreamAccess.Asked(context), arn);
        var found = lookup.consumer(consumerArn);
        if (found.consumer().status() != ConsumerState.Status.ACTIVE) {
            throw new RefusedException(
                    ErrorCode.RESOURCE_IN_USE,
                    "Consumer %s is %s, not ACTIVE."
                            .formatted(found.consumer().name(), found.consumer().status()));
        }
        return new StreamLookup.FoundConsumer(
                lookup.serving(found.stream().name()), found.consumer());
    }
}
