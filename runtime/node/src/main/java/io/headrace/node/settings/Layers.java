package io.headrace.node.settings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The texts written for each key, the strongest source last. For one thread. */
final class Layers {
    static final String MASK = "********";

    private record Written(String text, String name, String source) {}

    private final Problems problems;
    private final Map<Key<?>, Written> written = new HashMap<>();

    Layers(Problems problems) {
        this.problems = problems;
    }

    /** A later call for the same key wins. */
    void put(Key<?> key, String text, String name, String source) {
        written.put(key, new Written(text, name, source));
    }

    /** The value; empty if it is neither written nor has a default, or is wrong. */
    <T> Optional<T> find(Key<T> key) {
        var mine = written.get(key);
        if (mine != null) {
            return problems.attempt(
                    mine.name(), mine.source(), () -> key.parser().parse(mine.text()));
        }
        return Optional.ofNullable(key.fallback()).map(key.parser()::parse);
    }

    /** As {@link #find}, with the default in place of a wrong value, so that reading can go on. */
    <T> T get(Key<T> key) {
        return find(key).orElseGet(() -> key.parser().parse(fallback(key)));
    }

    boolean isWritten(Key<?> key) {
        return written.containsKey(key);
    }

    String source(Key<?> key) {
        var mine = written.get(key);
        return mine == null ? "default" : mine.source();
    }

    String name(Key<?> key) {
        var mine = written.get(key);
        return mine == null ? key.name() : mine.name();
    }

    List<EffectiveValue> effective() {
        var values = new ArrayList<EffectiveValue>();
        for (var key : Keys.all()) {
            var mine = written.get(key);
            var text = mine != null ? mine.text() : key.fallback() != null ? key.fallback() : "";
            values.add(
                    new EffectiveValue(
                            key, key.secret() && !text.isEmpty() ? MASK : text, source(key)));
        }
        return values;
    }

    private static String fallback(Key<?> key) {
        if (key.fallback() == null) {
            throw new IllegalStateException(key.name() + " has no default");
        }
        return key.fallback();
    }
}
