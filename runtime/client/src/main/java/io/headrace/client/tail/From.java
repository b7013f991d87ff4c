package io.headrace.client.tail;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;

/** Where a tail begins. */
public sealed interface From {
    /** The oldest record there is. */
    record TrimHorizon() implements From {}

    /** What is put from now on. */
    record Latest() implements From {}

    /** What arrived at or after a point in time. */
    record At(Instant instant) implements From {}

    /** {@code trim-horizon}, {@code latest}, or an instant: ISO-8601 or epoch seconds. */
    static From parse(String text) {
        return switch (text.toLowerCase(Locale.ROOT).replace('_', '-')) {
            case "trim-horizon", "oldest" -> new TrimHorizon();
            case "latest", "now" -> new Latest();
            default -> new At(instant(text));
        };
    }

    private static Instant instant(String text) {
        try {
            return text.matches("\\d+(\\.\\d+)?")
                    ? Instant.ofEpochMilli(Math.round(Double.parseDouble(text) * 1000))
                    : Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "'"
                            + text
                            + "' is neither trim-horizon, latest, nor a time such as"
                            + " 2026-01-31T12:00:00Z or epoch seconds",
                    e);
        }
    }
}
