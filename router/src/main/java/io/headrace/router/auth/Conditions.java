package io.headrace.router.auth;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What policies may ask of a request besides who asks for what: {@code aws:SourceIp}, {@code
 * aws:SecureTransport}, {@code aws:UserAgent}, {@code aws:TagKeys}, {@code aws:RequestTag/…} and
 * the like. The principal's own keys and the time are known to the {@link Authorizer} and cannot be
 * set here. Keys are matched in any case. Immutable.
 */
public final class Conditions {
    private static final Conditions NONE = new Conditions(Map.of());

    private final Map<String, List<String>> values;

    private Conditions(Map<String, List<String>> values) {
        this.values = Map.copyOf(values);
    }

    public static Conditions none() {
        return NONE;
    }

    /** Keys with one value each. */
    public static Conditions of(Map<String, String> single) {
        var values = new HashMap<String, List<String>>();
        single.forEach((key, value) -> values.put(lower(key), List.of(value)));
        return new Conditions(values);
    }

    /** These, and a key with several values, or with none: which is as good as absent. */
    public Conditions with(String key, List<String> several) {
        var more = new HashMap<>(values);
        more.put(lower(key), List.copyOf(several));
        return new Conditions(more);
    }

    /** The values of a key in lower case; empty if it is absent. */
    List<String> values(String lowerCaseKey) {
        return values.getOrDefault(lowerCaseKey, List.of());
    }

    private static String lower(String key) {
        return key.toLowerCase(Locale.ROOT);
    }
}
