package io.headrace.node.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Collects what is wrong, so that all of it is told at once. For one thread. */
final class Problems {
    private final List<Problem> found = new ArrayList<>();

    void add(String key, String source, String reason) {
        var problem = new Problem(key, source, reason);
        // A value that two settings are made of is told once.
        if (!found.contains(problem)) {
            found.add(problem);
        }
    }

    /** The value, or empty with the reason noted. */
    <T> Optional<T> attempt(String key, String source, Supplier<T> parse) {
        try {
            return Optional.of(parse.get());
        } catch (IllegalArgumentException e) {
            add(key, source, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    void throwIfAny() throws SettingsException {
        if (!found.isEmpty()) {
            throw new SettingsException(found);
        }
    }
}
