package io.headrace.router.wire;

import org.jspecify.annotations.Nullable;

/**
 * What one value of a request must satisfy, for operations that read their bodies themselves.
 * Immutable; any thread.
 */
public final class ValueConstraints {
    private final ShapeFacts facts;

    ValueConstraints(ShapeFacts facts) {
        this.facts = facts;
    }

    /** Lower bound of the length or value; 0 if there is none. */
    public long min() {
        return facts.min() == null ? 0 : facts.min();
    }

    /** Upper bound of the length or value; Long.MAX_VALUE if there is none. */
    public long max() {
        return facts.max() == null ? Long.MAX_VALUE : facts.max();
    }

    /** Reports what an absent or present text breaks. */
    public void checkText(
            @Nullable String value, boolean required, String path, Violations violations) {
        if (value != null) {
            facts.checkText(value, path, violations);
        } else if (required) {
            violations.absent(path);
        }
    }

    /** Reports what a number breaks. */
    public void checkNumber(long value, String path, Violations violations) {
        facts.checkNumber(value, path, violations);
    }

    /** Reports a blob that is too short or too long. */
    public void checkBlob(long length, String path, Violations violations) {
        if (length > max()) {
            violations.lengthAbove(PrintedValue.ofBlob(length), path, max());
        } else if (length < min()) {
            violations.lengthBelow(PrintedValue.ofBlob(length), path, min());
        }
    }
}
