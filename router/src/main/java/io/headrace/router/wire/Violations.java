package io.headrace.router.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Collects what a request breaks and says it in AWS's words. For one request, one thread. */
public final class Violations {
    /** AWS names no more than this many. */
    private static final int REPORTED_MAX = 10;

    private final List<String> reported = new ArrayList<>(1);

    public boolean isEmpty() {
        return reported.isEmpty();
    }

    /** True if no more would be reported, so that a check of a long list may stop. */
    public boolean isFull() {
        return reported.size() >= REPORTED_MAX;
    }

    /** A required member is absent. */
    public void absent(String path) {
        add(null, path, "Member must not be null");
    }

    public void lengthAbove(String value, String path, long max) {
        add(value, path, InputConstraints.lengthAtMost(max));
    }

    public void lengthBelow(String value, String path, long min) {
        add(value, path, InputConstraints.lengthAtLeast(min));
    }

    /** A member is too long whose value is not printed: data, and whole lists. */
    public void lengthAbove(String path, long max) {
        report("Value", path, InputConstraints.lengthAtMost(max));
    }

    /**
     * A member has a value it must not have.
     *
     * @param value as AWS prints it; null for an absent one
     * @param path for example {@code records.1.member.partitionKey}, counted from 1
     * @param constraint for example {@code Member must not be null}
     */
    public void add(@Nullable String value, String path, String constraint) {
        var printed = value == null ? "null" : "'" + PrintedValue.of(value) + "'";
        report("Value " + printed, path, constraint);
    }

    private void report(String what, String path, String constraint) {
        if (!isFull()) {
            reported.add(what + " at '" + path + "' failed to satisfy constraint: " + constraint);
        }
    }

    /** The ValidationException that names all violations, if there are any. */
    public Optional<WireException> exception() {
        if (reported.isEmpty()) {
            return Optional.empty();
        }
        var plural = reported.size() == 1 ? "" : "s";
        return Optional.of(
                new WireException(
                        400,
                        "ValidationException",
                        reported.size()
                                + " validation error"
                                + plural
                                + " detected: "
                                + String.join("; ", reported)));
    }

    /**
     * Refuses the request if it breaks anything.
     *
     * @throws WireException a ValidationException
     */
    public void throwIfAny() {
        exception()
                .ifPresent(exception -> {
                    throw exception;
                });
    }
}
