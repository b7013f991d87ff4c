package io.headrace.router.auth;

import io.headrace.router.auth.ConditionOperator.Test;
import java.time.DateTimeException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One key of one operator in a statement's condition.
 *
 * @param key lower case
 * @param operator null for {@code Null}, which asks whether the key is absent
 * @param absent for {@code Null}: whether it shall be
 */
record Condition(
        String key,
        @Nullable ConditionOperator operator,
        Quantifier quantifier,
        boolean ifExists,
        boolean absent,
        List<Test> tests) {
    enum Quantifier {
        /** One value is expected. Of several, one must match, or for a negation none may. */
        SINGLE,
        FOR_ALL_VALUES,
        FOR_ANY_VALUE
    }

    private static final String TAG_KEYS = "aws:tagkeys";
    private static final String IF_EXISTS = "IfExists";
    private static final String FOR_ALL = "ForAllValues:";
    private static final String FOR_ANY = "ForAnyValue:";

    Condition {
        tests = List.copyOf(tests);
    }

    static Condition parse(String name, String key, List<String> values, boolean variables) {
        var lowerKey = key.toLowerCase(Locale.ROOT);
        var rest = name;
        var quantifier = Quantifier.SINGLE;
        if (rest.startsWith(FOR_ALL)) {
            quantifier = Quantifier.FOR_ALL_VALUES;
            rest = rest.substring(FOR_ALL.length());
        } else if (rest.startsWith(FOR_ANY)) {
            quantifier = Quantifier.FOR_ANY_VALUE;
            rest = rest.substring(FOR_ANY.length());
        }
        if (rest.equals("Null") && quantifier == Quantifier.SINGLE) {
            return new Condition(lowerKey, null, quantifier, false, absent(values), List.of());
        }
        boolean ifExists = rest.endsWith(IF_EXISTS);
        if (ifExists) {
            rest = rest.substring(0, rest.length() - IF_EXISTS.length());
        }
        var operator =
                ConditionOperator.named(rest)
                        .orElseThrow(() ->
                                new MalformedPolicyException(
                                        "'" + name + "' is not a condition operator"));
        var tests = values.stream().map(value -> operator.compile(value, variables)).toList();
        return new Condition(lowerKey, operator, quantifier, ifExists, false, tests);
    }

    private static boolean absent(List<String> values) {
        if (values.equals(List.of("true")) || values.equals(List.of("false"))) {
            return values.getFirst().equals("true");
        }
        throw new MalformedPolicyException("Null takes true or false, not " + values);
    }

    /**
     * @param whenUnreadable the answer if a value of the request is not of the operator's type
     */
    boolean holds(AccessRequest request, boolean whenUnreadable) {
        var values = request.values(key);
        if (operator == null) {
            return values.isEmpty() == absent;
        }
        boolean negated = operator.negated();
        if (values.isEmpty()) {
            return switch (quantifier) {
                case SINGLE -> ifExists || negated;
                case FOR_ALL_VALUES -> true;
                case FOR_ANY_VALUE -> ifExists;
            };
        }
        if (values.size() > 1 && quantifier == Quantifier.SINGLE && !key.equals(TAG_KEYS)) {
            // Tags whose keys differ by case only: which of them is meant nobody can tell.
            return whenUnreadable;
        }
        try {
            // The test of a negated operator is its positive's; a value is fine if none matches.
            return switch (quantifier) {
                case SINGLE -> values.stream().anyMatch(v -> listed(v, request)) != negated;
                case FOR_ALL_VALUES -> values.stream().allMatch(v -> listed(v, request) != negated);
                case FOR_ANY_VALUE -> values.stream().anyMatch(v -> listed(v, request) != negated);
            };
        } catch (IllegalArgumentException | DateTimeException e) {
            return whenUnreadable;
        }
    }

    private boolean listed(String value, AccessRequest request) {
        return tests.stream().anyMatch(test -> test.matches(value, request));
    }
}
