package io.headrace.router.auth;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A text of a policy: {@code *} stands for any run of characters, {@code ?} for one, {@code ${key}}
 * for a value of the request, {@code ${*}}, {@code ${?}} and {@code ${$}} for those characters
 * themselves. A variable's value is always meant literally: a user named {@code *} matches nobody
 * else's resources. Matching takes at most pattern × text steps. Immutable.
 */
final class Wildcard {
    /** Whether wildcards and variables are read, or every character stands for itself. */
    enum Syntax {
        WILDCARDS_AND_VARIABLES,
        VARIABLES,
        WILDCARDS,
        LITERAL;

        static Syntax of(boolean wildcards, boolean variables) {
            if (wildcards) {
                return variables ? WILDCARDS_AND_VARIABLES : WILDCARDS;
            }
            return variables ? VARIABLES : LITERAL;
        }

        boolean wildcards() {
            return this == WILDCARDS_AND_VARIABLES || this == WILDCARDS;
        }

        boolean variables() {
            return this == WILDCARDS_AND_VARIABLES || this == VARIABLES;
        }
    }

    private static final int ANY = -1;
    private static final int ONE = -2;

    /** Either symbols, or a variable with an optional default. */
    private record Part(List<Integer> symbols, String variable, @Nullable String otherwise) {}

    private final String text;
    private final boolean ignoreCase;
    private final List<Part> parts = new ArrayList<>();
    private int @Nullable [] fixed;

    private Wildcard(String text, boolean ignoreCase) {
        this.text = text;
        this.ignoreCase = ignoreCase;
    }

    static Wildcard of(String text, Syntax syntax, boolean ignoreCase) {
        var wildcard = new Wildcard(text, ignoreCase);
        wildcard.compile(syntax);
        if (wildcard.parts.stream().allMatch(part -> part.variable.isEmpty())) {
            wildcard.fixed = wildcard.expand(null).orElseThrow();
        }
        return wildcard;
    }

    private void compile(Syntax syntax) {
        var symbols = new ArrayList<Integer>();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (syntax.variables() && c == '$' && text.startsWith("${", at)) {
                int end = text.indexOf('}', at);
                if (end < 0) {
                    throw new MalformedPolicyException("'" + text + "' has an unclosed variable");
                }
                var variable = text.substring(at + 2, end).strip();
                at = end + 1;
                if (variable.equals("*") || variable.equals("?") || variable.equals("$")) {
                    symbols.add((int) variable.charAt(0));
                    continue;
                }
                parts.add(new Part(List.copyOf(symbols), "", null));
                symbols.clear();
                parts.add(variable(variable));
                continue;
            }
            if (syntax.wildcards() && c == '*') {
                symbols.add(ANY);
            } else if (syntax.wildcards() && c == '?') {
                symbols.add(ONE);
            } else {
                symbols.add((int) fold(c));
            }
            at++;
        }
        parts.add(new Part(List.copyOf(symbols), "", null));
    }

    private Part variable(String inner) {
        int comma = inner.indexOf(',');
        var key = (comma < 0 ? inner : inner.substring(0, comma)).strip();
        if (key.isEmpty()) {
            throw new MalformedPolicyException("'" + text + "' has a variable without a name");
        }
        if (comma < 0) {
            return new Part(List.of(), key.toLowerCase(Locale.ROOT), null);
        }
        var quoted = inner.substring(comma + 1).strip();
        if (quoted.length() < 2 || !quoted.startsWith("'") || !quoted.endsWith("'")) {
            throw new MalformedPolicyException("'" + text + "' has a default that is not 'quoted'");
        }
        var otherwise = quoted.substring(1, quoted.length() - 1);
        return new Part(List.of(), key.toLowerCase(Locale.ROOT), otherwise);
    }

    /** Nothing matches while a variable has no value. */
    boolean matches(String value, AccessRequest request) {
        var symbols = fixed != null ? Optional.of(fixed) : expand(request);
        return symbols.isPresent() && matches(symbols.get(), value);
    }

    /** Whether it matches for some values of its variables. */
    boolean mayMatch(String value) {
        return fixed == null || matches(fixed, value);
    }

    private Optional<int[]> expand(@Nullable AccessRequest request) {
        var symbols = new ArrayList<Integer>();
        for (var part : parts) {
            symbols.addAll(part.symbols);
            if (part.variable.isEmpty() || request == null) {
                continue;
            }
            var value = request.variable(part.variable).orElse(part.otherwise);
            if (value == null) {
                return Optional.empty();
            }
            value.chars().forEach(c -> symbols.add((int) fold((char) c)));
        }
        return Optional.of(symbols.stream().mapToInt(Integer::intValue).toArray());
    }

    /** Greedy, going back to the last star only: an earlier one can never do better. */
    private boolean matches(int[] symbols, String value) {
        int at = 0;
        int in = 0;
        int star = -1;
        int starIn = 0;
        while (in < value.length()) {
            if (at < symbols.length && symbols[at] == ANY) {
                star = at++;
                starIn = in;
            } else if (at < symbols.length
                    && (symbols[at] == ONE || symbols[at] == fold(value.charAt(in)))) {
                at++;
                in++;
            } else if (star >= 0) {
                at = star + 1;
                in = ++starIn;
            } else {
                return false;
            }
        }
        return Arrays.stream(symbols, at, symbols.length).allMatch(symbol -> symbol == ANY);
    }

    private char fold(char c) {
        return ignoreCase ? Character.toLowerCase(Character.toUpperCase(c)) : c;
    }

    @Override
    public String toString() {
        return text;
    }
}
