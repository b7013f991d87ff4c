package io.headrace.router.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the service model says of a shape.
 *
 * @param type as in the model: string, integer, long, boolean, timestamp, blob, list, map,
 *     structure
 * @param min of a length or of a value
 * @param allowed an enumeration's values in the order they are reported; empty if it is none
 * @param members of a structure: names to shapes, in the order they are checked
 * @param element shape of a list's elements or a map's values
 * @param key shape of a map's keys
 */
record ShapeFacts(
        String name,
        String type,
        @Nullable Long min,
        @Nullable Long max,
        @Nullable Pattern pattern,
        List<String> allowed,
        Map<String, String> members,
        Set<String> required,
        @Nullable String element,
        @Nullable String key) {
    /** The patterns of ARNs backtrack; a text this long is refused for its length anyway. */
    private static final int MATCHED_CHARS_MAX = 4096;

    ShapeFacts {
        allowed = List.copyOf(allowed);
        required = Set.copyOf(required);
    }

    /** The constraints a text breaks, in the order AWS names them. */
    void checkText(String value, String path, Violations violations) {
        if (!matches(value)) {
            violations.add(
                    value, path, "Member must satisfy regular expression pattern: " + pattern);
        }
        int length = value.codePointCount(0, value.length());
        if (min != null && length < min) {
            violations.lengthBelow(value, path, min);
        }
        if (max != null && length > max) {
            violations.lengthAbove(value, path, max);
        }
        if (!allowed.isEmpty() && !allowed.contains(value)) {
            violations.add(value, path, enumConstraint());
        }
    }

    void checkNumber(long value, String path, Violations violations) {
        if (min != null && value < min) {
            violations.add(
                    Long.toString(value),
                    path,
                    "Member must have value greater than or equal to " + min);
        }
        if (max != null && value > max) {
            violations.add(
                    Long.toString(value),
                    path,
                    "Member must have value less than or equal to " + max);
        }
    }

    boolean allowsText(String value) {
        int length = value.codePointCount(0, value.length());
        return matches(value)
                && (min == null || length >= min)
                && (max == null || length <= max)
                && (allowed.isEmpty() || allowed.contains(value));
    }

    /** All of a text's constraints in one, as AWS reports an element of a list or map. */
    Optional<String> joined() {
        var all = new ArrayList<String>();
        if (max != null) {
            all.add(InputConstraints.lengthAtMost(max));
        }
        if (min != null) {
            all.add(InputConstraints.lengthAtLeast(min));
        }
        if (pattern != null) {
            all.add("Member must satisfy regular expression pattern: " + pattern);
        }
        if (!allowed.isEmpty()) {
            all.add(enumConstraint());
        }
        return all.isEmpty() ? Optional.empty() : Optional.of(all.toString());
    }

    private boolean matches(String value) {
        if (pattern == null) {
            return true;
        }
        return value.length() <= MATCHED_CHARS_MAX && pattern.matcher(value).matches();
    }

    private String enumConstraint() {
        return "Member must satisfy enum value set: " + allowed;
    }
}
