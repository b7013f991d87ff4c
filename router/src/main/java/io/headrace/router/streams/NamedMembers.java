package io.headrace.router.streams;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;

/**
 * The members in which requests name resources and tags, whatever the operation.
 *
 * @param resourceArn of a stream or a consumer
 * @param tags what is to be added
 * @param tagKeys keys of tags, of those to be added too
 */
record NamedMembers(
        @Nullable String resourceArn,
        @Nullable String streamArn,
        @Nullable String streamName,
        @Nullable String consumerName,
        Map<String, String> tags,
        List<String> tagKeys) {

    NamedMembers {
        tags = Map.copyOf(tags);
        tagKeys = List.copyOf(tagKeys);
    }

    static NamedMembers of(SdkPojo request) {
        String resourceArn = null;
        String streamArn = null;
        String streamName = null;
        String consumerName = null;
        var tags = new HashMap<String, String>();
        var tagKeys = new ArrayList<String>();
        for (var field : request.sdkFields()) {
            var value = field.getValueOrDefault(request);
            switch (field.memberName()) {
                case "ConsumerARN", "ResourceARN" -> resourceArn = text(value, resourceArn);
                case "StreamARN" -> streamArn = text(value, null);
                case "StreamName" -> streamName = text(value, null);
                case "ConsumerName" -> consumerName = text(value, null);
                case "Tags" -> addTags(value, tags);
                case "TagKeys" -> addKeys(value, tagKeys);
                default -> {}
            }
        }
        tagKeys.addAll(tags.keySet());
        return new NamedMembers(resourceArn, streamArn, streamName, consumerName, tags, tagKeys);
    }

    private static @Nullable String text(@Nullable Object value, @Nullable String otherwise) {
        return value instanceof String text ? text : otherwise;
    }

    private static void addTags(@Nullable Object value, Map<String, String> tags) {
        if (value instanceof Map<?, ?> given) {
            given.forEach((key, tag) -> {
                if (key instanceof String name) {
                    tags.put(name, tag instanceof String text ? text : "");
                }
            });
        }
    }

    private static void addKeys(@Nullable Object value, List<String> keys) {
        if (value instanceof Collection<?> given) {
            given.forEach(key -> {
                if (key instanceof String name) {
                    keys.add(name);
                }
            });
        }
    }
}
