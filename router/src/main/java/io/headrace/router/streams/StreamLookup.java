package io.headrace.router.streams;

import io.headrace.router.wire.RequestContext;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.stream.ConsumerState;
import io.headrace.store.stream.StreamCatalog;
import io.headrace.store.stream.StreamName;
import io.headrace.store.stream.StreamState;
import io.headrace.store.stream.StreamStatus;
import io.headrace.store.stream.Streams;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a request is about. A name alone means the caller's own account; an ARN names its
 * account, and its region must be the node's. Never blocks; any thread.
 */
public final class StreamLookup {
    private final StreamCatalog catalog;
    private final NodeIdentity identity;

    public StreamLookup(StreamCatalog catalog, NodeIdentity identity) {
        this.catalog = catalog;
        this.identity = identity;
    }

    /** A consumer with its stream. */
    public record FoundConsumer(StreamState stream, ConsumerState consumer) {}

    public NodeIdentity identity() {
        return identity;
    }

    /** The stream that a request's name, ARN or both mean, whether or not it exists. */
    public StreamName name(
            @Nullable String streamName, @Nullable String streamArn, RequestContext context) {
        if (streamArn == null) {
            if (streamName == null) {
                throw invalid("Either StreamName or StreamARN should be provided.");
            }
            return new StreamName(context.caller().accountId(), streamName);
        }
        var named = ofArn(streamArn);
        if (streamName != null && !streamName.equals(named.name())) {
            throw invalid(
                    "StreamName %s does not match the stream of StreamARN %s."
                            .formatted(streamName, streamArn));
        }
        return named;
    }

    /** As {@link #name}, the stream itself, whatever its status. */
    public StreamState stream(
            @Nullable String streamName, @Nullable String streamArn, RequestContext context) {
        return stream(name(streamName, streamArn, context));
    }

    public StreamState stream(StreamName name) {
        return catalog.find(name).orElseThrow(() -> StreamCatalog.notFound(name));
    }

    /** As {@link #stream}, for reading and writing records: not while it is coming or going. */
    public StreamState serving(
            @Nullable String streamName, @Nullable String streamArn, RequestContext context) {
        return serving(name(streamName, streamArn, context));
    }

    StreamState serving(StreamName name) {
        return findServing(name).orElseThrow(() -> StreamCatalog.notFound(name));
    }

    Optional<StreamState> findServing(StreamName name) {
        return catalog.find(name)
                .filter(found ->
                        found.status() != StreamStatus.CREATING
                                && found.status() != StreamStatus.DELETING);
    }

    /** The stream that an ARN means, whether or not it exists. */
    public StreamName ofArn(String streamArn) {
        var arn = parse(streamArn);
        if (!(arn instanceof ResourceArn.OfStream)) {
            throw invalid("Invalid StreamARN: " + streamArn);
        }
        return arn.stream();
    }

    /** The consumer that its ARN, or its stream's ARN and its name, mean. */
    public FoundConsumer consumer(
            @Nullable String streamArn,
            @Nullable String consumerName,
            @Nullable String consumerArn) {
        if (consumerArn != null) {
            var found = consumer(consumerArn);
            if ((streamArn != null && !found.stream().name().equals(ofArn(streamArn)))
                    || (consumerName != null && !consumerName.equals(found.consumer().name()))) {
                throw invalid("ConsumerARN does not match StreamARN and ConsumerName.");
            }
            return found;
        }
        if (streamArn == null || consumerName == null) {
            throw invalid(
                    "Either ConsumerARN or both StreamARN and ConsumerName should be provided.");
        }
        var state = stream(ofArn(streamArn));
        return new FoundConsumer(
                state,
                state.consumer(consumerName)
                        .orElseThrow(() -> consumerNotFound(state.name(), consumerName)));
    }

    /** The consumer of this ARN. */
    public FoundConsumer consumer(String consumerArn) {
        if (!(parse(consumerArn) instanceof ResourceArn.OfConsumer arn)) {
            throw invalid("Invalid ConsumerARN: " + consumerArn);
        }
        var state = stream(arn.stream());
        var consumer =
                state.consumer(arn.consumer())
                        .filter(found -> found.createdSeconds() == arn.createdSeconds())
                        .orElseThrow(() -> consumerNotFound(state.name(), arn.consumer()));
        return new FoundConsumer(state, consumer);
    }

    /** What an ARN names, which exists or not, in this node's region. */
    ResourceArn parse(String arn) {
        var parsed = ResourceArn.parse(arn).orElseThrow(() -> invalid("Invalid ARN: " + arn));
        if (!parsed.region().equals(identity.region())) {
            throw new RefusedException(
                    ErrorCode.RESOURCE_NOT_FOUND,
                    "%s not found: this is region %s, not %s."
                            .formatted(
                                    parsed.stream().described(),
                                    identity.region(),
                                    parsed.region()));
        }
        return parsed;
    }

    /**
     * The number in a shard's id; like Kinesis it takes whatever ends in a dash and the number, or
     * the number alone.
     */
    public static int shardNumber(StreamName stream, String shardId) {
        var digits = shardId.substring(shardId.lastIndexOf('-') + 1);
        try {
            // Not parseInt alone, which takes signs and other scripts' digits.
            if (!digits.isEmpty() && digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return Integer.parseInt(digits);
            }
        } catch (NumberFormatException e) {
            throw Streams.shardNotFound(stream, shardId);
        }
        throw Streams.shardNotFound(stream, shardId);
    }

    static RefusedException invalid(String message) {
        return new RefusedException(ErrorCode.INVALID_ARGUMENT, message);
    }

    private static RefusedException consumerNotFound(StreamName stream, String consumer) {
        return new RefusedException(
                ErrorCode.RESOURCE_NOT_FOUND,
                "Consumer %s under stream %s not found for account %s."
                        .formatted(consumer, stream.name(), stream.accountId()));
    }
}
