package io.headrace.router.streams;

import io.headrace.router.wire.ModelHandler;
import io.headrace.router.wire.RequestContext;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;

/** Puts the access check before an operation, by the members in which requests name resources. */
final class AccessControl {
    private final StreamAccess access;
    private final StreamLookup lookup;
    private final ShardListing listing;

    AccessControl(StreamAccess access, StreamLookup lookup, ShardListing listing) {
        this.access = access;
        this.lookup = lookup;
        this.listing = listing;
    }

    <I extends SdkPojo, O extends SdkPojo> ModelHandler<I, O> guarded(ModelHandler<I, O> handler) {
        return (request, context) -> {
            check(request, context);
            return handler.handle(request, context);
        };
    }

    private void check(SdkPojo request, RequestContext context) {
        String resourceArn = null;
        String streamArn = null;
        String streamName = null;
        String consumerName = null;
        for (var field : request.sdkFields()) {
            switch (field.memberName()) {
                case "ConsumerARN", "ResourceARN" ->
                        resourceArn = first(text(field.getValueOrDefault(request)), resourceArn);
                case "StreamARN" -> streamArn = text(field.getValueOrDefault(request));
                case "StreamName" -> streamName = text(field.getValueOrDefault(request));
                case "ConsumerName" -> consumerName = text(field.getValueOrDefault(request));
                default -> {}
            }
        }
        // Registering makes a consumer, so it is asked of the stream.
        boolean ofConsumer =
                consumerName != null && !context.operation().equals("RegisterStreamConsumer");
        if (resourceArn != null) {
            switch (lookup.parse(resourceArn)) {
                case ResourceArn.OfStream arn -> access.check(context, arn.stream());
                case ResourceArn.OfConsumer arn ->
                        access.checkConsumer(context, arn.stream(), arn.consumer());
            }
        } else if (ofConsumer && streamArn != null && consumerName != null) {
            access.checkConsumer(context, lookup.ofArn(streamArn), consumerName);
        } else if (streamName != null || streamArn != null) {
            access.check(context, lookup.name(streamName, streamArn, context));
        } else if (request instanceof ListShardsRequest list && list.nextToken() != null) {
            access.check(context, listing.streamOf(list.nextToken()));
        } else {
            access.check(context);
        }
    }

    private static @Nullable String first(@Nullable String one, @Nullable String other) {
        return one != null ? one : other;
    }

    private static @Nullable String text(@Nullable Object value) {
        return value instanceof String text ? text : null;
    }
}
