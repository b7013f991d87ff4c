package io.headrace.router.streams;

import io.headrace.router.wire.RequestContext;
import io.headrace.store.stream.StreamName;
import io.headrace.store.stream.Streams;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import software.amazon.awssdk.services.kinesis.model.AddTagsToStreamRequest;
import software.amazon.awssdk.services.kinesis.model.AddTagsToStreamResponse;
import software.amazon.awssdk.services.kinesis.model.ListTagsForResourceRequest;
import software.amazon.awssdk.services.kinesis.model.ListTagsForResourceResponse;
import software.amazon.awssdk.services.kinesis.model.ListTagsForStreamRequest;
import software.amazon.awssdk.services.kinesis.model.ListTagsForStreamResponse;
import software.amazon.awssdk.services.kinesis.model.RemoveTagsFromStreamRequest;
import software.amazon.awssdk.services.kinesis.model.RemoveTagsFromStreamResponse;
import software.amazon.awssdk.services.kinesis.model.Tag;
import software.amazon.awssdk.services.kinesis.model.TagResourceRequest;
import software.amazon.awssdk.services.kinesis.model.TagResourceResponse;
import software.amazon.awssdk.services.kinesis.model.UntagResourceRequest;
import software.amazon.awssdk.services.kinesis.model.UntagResourceResponse;

/** Tags of streams, by name or ARN, and of consumers. */
final class Tags {
    private static final int PAGE_MAX = 50;

    private final Streams streams;
    private final StreamLookup lookup;

    Tags(Streams streams, StreamLookup lookup) {
        this.streams = streams;
        this.lookup = lookup;
    }

    AddTagsToStreamResponse add(AddTagsToStreamRequest request, RequestContext context) {
        addToStream(
                lookup.name(request.streamName(), request.streamARN(), context), request.tags());
        return AddTagsToStreamResponse.builder().build();
    }

    RemoveTagsFromStreamResponse remove(
            RemoveTagsFromStreamRequest request, RequestContext context) {
        removeFromStream(
                lookup.name(request.streamName(), request.streamARN(), context), request.tagKeys());
        return RemoveTagsFromStreamResponse.builder().build();
    }

    ListTagsForStreamResponse list(ListTagsForStreamRequest request, RequestContext context) {
        var state = lookup.stream(request.streamName(), request.streamARN(), context);
        SortedMap<String, String> tags = state.tags();
        String start = request.exclusiveStartTagKey();
        if (start != null) {
            tags = tags.tailMap(start + "\0");
        }
        int limit = request.limit() == null ? PAGE_MAX : request.limit();
        return ListTagsForStreamResponse.builder()
                .tags(model(tags, limit))
                .hasMoreTags(tags.size() > limit)
                .build();
    }

    TagResourceResponse tag(TagResourceRequest request, RequestContext context) {
        switch (lookup.parse(request.resourceARN())) {
            case ResourceArn.OfStream arn -> addToStream(arn.stream(), request.tags());
            case ResourceArn.OfConsumer arn -> {
                var found = lookup.consumer(request.resourceARN());
                streams.annotate(
                        arn.stream(),
                        state ->
                                state.withConsumer(
                                        found.consumer().name(),
                                        consumer -> {
                                            TagRules.checkAdded(
                                                    arn.stream(), consumer.tags(), request.tags());
                                            return consumer.withTags(
                                                    with(consumer.tags(), request.tags()));
                                        }));
            }
        }
        return TagResourceResponse.builder().build();
    }

    UntagResourceResponse untag(UntagResourceRequest request, RequestContext context) {
        switch (lookup.parse(request.resourceARN())) {
            case ResourceArn.OfStream arn -> removeFromStream(arn.stream(), request.tagKeys());
            case ResourceArn.OfConsumer arn -> {
                var found = lookup.consumer(request.resourceARN());
                TagRules.checkRemoved(arn.stream(), request.tagKeys());
                streams.annotate(
                        arn.stream(),
                        state ->
                                state.withConsumer(
                                        found.consumer().name(),
                                        consumer ->
                                                consumer.withTags(
                                                        without(
                                                                consumer.tags(),
                                                                request.tagKeys()))));
            }
        }
        return UntagResourceResponse.builder().build();
    }

    ListTagsForResourceResponse listOfResource(
            ListTagsForResourceRequest request, RequestContext context) {
        var tags =
                switch (lookup.parse(request.resourceARN())) {
                    case ResourceArn.OfStream arn -> lookup.stream(arn.stream()).tags();
                    case ResourceArn.OfConsumer arn ->
                            lookup.consumer(request.resourceARN()).consumer().tags();
                };
        return ListTagsForResourceResponse.builder().tags(model(tags, Integer.MAX_VALUE)).build();
    }

    private void addToStream(StreamName name, Map<String, String> added) {
        streams.annotate(
                name,
                state -> {
                    TagRules.checkAdded(name, state.tags(), added);
                    return state.withTags(with(state.tags(), added));
                });
    }

    private void removeFromStream(StreamName name, Collection<String> keys) {
        streams.annotate(
                name,
                state -> {
                    TagRules.checkRemoved(name, keys);
                    return state.withTags(without(state.tags(), keys));
                });
    }

    private static Map<String, String> with(Map<String, String> tags, Map<String, String> added) {
        var result = new TreeMap<>(tags);
        result.putAll(added);
        return result;
    }

    private static Map<String, String> without(Map<String, String> tags, Collection<String> keys) {
        var result = new TreeMap<>(tags);
        result.keySet().removeAll(keys);
        return result;
    }

    private static Collection<Tag> model(Map<String, String> tags, int limit) {
        return tags.entrySet().stream()
                .limit(limit)
                .map(tag -> Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                .toList();
    }
}
