package io.headrace.router.streams;

import io.headrace.store.stream.StreamName;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What tags may look like and how many there may be. */
final class TagRules {
    private static final int TAGS_MAX = 50;
    private static final Pattern ILLEGAL =
            Pattern.compile("[^\\u00C0-\\u1FFF\\u2C00-\\uD7FF\\w./\\-=+_ @%:]");

    private TagRules() {}

    static void check(StreamName stream, Map<String, String> tags) {
        checkText(stream, tags.keySet(), "add tags to");
        checkText(stream, tags.values(), "add tags to");
        refuseReserved(stream, tags.keySet());
        checkCount(stream, tags.keySet());
    }

    /** Refuses what a resource would have too many of, with those it has. */
    static void checkAdded(
            StreamName stream, Map<String, String> existing, Map<String, String> added) {
        checkText(stream, added.keySet(), "add tags to");
        checkText(stream, added.values(), "add tags to");
        refuseReserved(stream, added.keySet());
        var keys = new HashSet<>(existing.keySet());
        keys.addAll(added.keySet());
        checkCount(stream, keys);
    }

    static void checkRemoved(StreamName stream, Collection<String> keys) {
        checkText(stream, keys, "remove tags from");
    }

    private static void checkText(StreamName stream, Collection<String> texts, String action) {
        for (var text : texts) {
            if (ILLEGAL.matcher(text).find()) {
                throw StreamLookup.invalid(
                        "Some tags contain invalid characters. Valid characters: Unicode letters,"
                                + " digits, white space, _ . / = + - % @ :.");
            }
        }
        for (var text : texts) {
            // Kinesis names the percent sign as valid and then refuses it.
            if (text.indexOf('%') >= 0) {
                throw StreamLookup.invalid(
                        ("Failed to %s stream %s under account %s because some tags"
                                        + " contained illegal characters. The allowed characters"
                                        + " are Unicode letters, white-spaces,"
                                        + " '_',',','/','=','+','-','@',':'.")
                                .formatted(action, stream.name(), stream.accountId()));
            }
        }
    }

    private static void refuseReserved(StreamName stream, Set<String> keys) {
        for (var key : keys) {
            if (key.regionMatches(true, 0, "aws:", 0, 4)) {
                throw StreamLookup.invalid(
                        ("Failed to add tags to stream %s under account %s because tag keys that"
                                        + " begin with 'aws:' are reserved.")
                                .formatted(stream.name(), stream.accountId()));
            }
        }
    }

    private static void checkCount(StreamName stream, Set<String> keys) {
        if (keys.size() > TAGS_MAX) {
            throw StreamLookup.invalid(
                    ("Failed to add tags to stream %s under account %s because a given stream"
                                    + " cannot have more than %d tags associated with it.")
                            .formatted(stream.name(), stream.accountId(), TAGS_MAX));
        }
    }
}
