package io.headrace.node;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Whether the node lives, and whether it should get requests. Live as long as it answers and no
 * part says that only a restart helps; ready once started, until it stops, while every part agrees.
 * Any thread.
 */
final class Health {
    private record Check(String part, Supplier<Optional<String>> trouble) {}

    private final List<Check> checks = new CopyOnWriteArrayList<>();
    private final List<BooleanSupplier> vital = new CopyOnWriteArrayList<>();
    private volatile boolean serving;

    /** A part of the node gives empty, or why requests should go elsewhere. */
    void watch(String part, Supplier<Optional<String>> trouble) {
        checks.add(new Check(part, trouble));
    }

    /** A part of the node gives false once only a restart helps. */
    void vital(BooleanSupplier works) {
        vital.add(works);
    }

    boolean isLive() {
        return vital.stream().allMatch(BooleanSupplier::getAsBoolean);
    }

    void serving(boolean now) {
        serving = now;
    }

    /** What is in the way, by part; empty if ready. */
    Map<String, String> troubles() {
        if (!serving) {
            return Map.of("node", "starting or stopping");
        }
        return checks.stream()
                .flatMap(check ->
                        check.trouble().get().map(why -> Map.entry(check.part(), why)).stream())
                .collect(
                        Collectors.toMap(
                                Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a + "; " + b));
    }
}
