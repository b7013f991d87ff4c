package io.headrace.node.settings;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A text that no log, exception or listing shows. */
public final class Secret {
    public static final String MASK = "********";

    private final String text;

    public Secret(String text) {
        this.text = Objects.requireNonNull(text);
    }

    public String reveal() {
        return text;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret secret && secret.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return MASK;
    }
}
