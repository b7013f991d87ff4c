package io.headrace.router.streams;

import io.headrace.router.wire.ModelHandler;
import io.headrace.router.wire.RequestContext;
import io.headrace.store.stream.StreamName;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;

/**
 * Puts before an operation what is asked of every one: may the caller, by the members in which
 * requests name resources, and is it not too often.
 */
final class AccessControl {
    private final StreamAccess access;
    private final StreamLookup lookup;
    private final ShardListing listing;
    private final CallAdmission rates;

    AccessControl(
            StreamAccess access, StreamLookup lookup, ShardListing listing, CallAdmission rates) {
        this.access = access;
        this.lookup = lookup;
        this.listing = listing;
        this.rates = rates;
    }

    <I extends SdkPojo, O extends SdkPojo> ModelHandler<I, O> guarded(ModelHandler<I, O> handler) {
        return (request, context) -> {
            var stream = check(request, context);
            var call = rates.admitCall(context.operation(), context.caller().accountId(), stream);
            boolean served = false;
            try {
                var answer = handler.handle(request, context);
                served = true;
                return answer;
            } finally {
                if (!served) {
                    call.takeBack();
                }
            }
        };
    }

    /** The stream that the request is about, if it is about one. */
    private @Nullable StreamName check(SdkPojo request, RequestContext context) {
        var named = NamedMembers.of(request);
        var asked =
                new StreamAccess.Asked(context, context.operation(), named.tags(), named.tagKeys());
        if (named.resourceArn() != null) {
            return checkArn(asked, lookup.parse(named.resourceArn()));
        }
        if (named.consumerName() != null && named.streamArn() != null) {
            return checkConsumer(asked, lookup.ofArn(named.streamArn()), named.consumerName());
        }
        if (named.streamName() != null || named.streamArn() != null) {
            var stream = lookup.name(named.streamName(), named.streamArn(), context);
            access.check(asked, stream);
            if (context.operation().equals("CreateStream") && !named.tags().isEmpty()) {
                access.check(asked.andAlso("AddTagsToStream"), stream);
            }
            return stream;
        }
        if (request instanceof ListShardsRequest list && list.nextToken() != null) {
            var stream = listing.streamOf(list.nextToken());
            access.check(asked, stream);
            return stream;
        }
        access.check(asked);
        return null;
    }

    private StreamName checkArn(StreamAccess.Asked asked, ResourceArn resource) {
        switch (resource) {
            case ResourceArn.OfStream arn -> access.check(asked, arn.stream());
            case ResourceArn.OfConsumer arn -> access.check(asked, arn);
        }
        return resource.stream();
    }

    private StreamName checkConsumer(StreamAccess.Asked asked, StreamName stream, String consumer) {
        if (!asked.operation().equals("RegisterStreamConsumer")) {
            access.check(asked, stream, consumer);
            return stream;
        }
        // Registering makes a consumer, so it is asked of the stream.
        access.check(asked, stream);
        if (!asked.tags().isEmpty()) {
            access.check(asked.andAlso("TagResource"), stream, consumer);
        }
        return stream;
    }
}
