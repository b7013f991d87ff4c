package io.headrace.router.auth;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one request. Nothing is worked out before a policy asks for it, because most requests
 * meet none that does.
 *
 * @param region where the request is answered
 * @param tags what the request adds to its resource
 * @param tagKeys keys of tags that the request names, of those it adds too
 */
public record RequestConditions(
        Origin origin, String region, Map<String, String> tags, Collection<String> tagKeys)
        implements Conditions {
    private static final String REQUEST_TAG = "aws:requesttag/";

    public RequestConditions {
        tags = Map.copyOf(tags);
        tagKeys = List.copyOf(tagKeys);
    }

    /** Of a request that is not about tags. */
    public RequestConditions(Origin origin, String region) {
        this(origin, region, Map.of(), List.of());
    }

    @Override
    public List<String> values(String lowerCaseKey) {
        return switch (lowerCaseKey) {
            case "aws:sourceip" -> known(origin.sourceIp());
            case "aws:securetransport" -> List.of(Boolean.toString(origin.secure()));
            case "aws:useragent" -> known(origin.userAgent());
            case "aws:referer" -> known(origin.referer());
            case "aws:requestedregion" -> List.of(region);
            // No service asks here on behalf of somebody, which policies want to be told.
            case "aws:viaawsservice", "aws:principalisawsservice" -> List.of("false");
            case "aws:tagkeys" -> List.copyOf(tagKeys);
            default ->
                    lowerCaseKey.startsWith(REQUEST_TAG)
                            ? tagged(tags, lowerCaseKey.substring(REQUEST_TAG.length()))
                            : List.of();
        };
    }

    /** Of all tags whose keys differ by case only: a policy's key is in no case. */
    static List<String> tagged(Map<String, String> tags, String key) {
        return tags.entrySet().stream()
                .filter(tag -> tag.getKey().equalsIgnoreCase(key))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static List<String> known(@Nullable String value) {
        return value == null ? List.of() : List.of(value);
    }
}
