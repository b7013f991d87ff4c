package io.headrace.router.auth;

import io.headrace.router.auth.Wildcard.Syntax;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;

/**
 * A pattern of ARNs. Each of the six parts is matched for itself, so that a star never reaches over
 * a colon into another account; parts left out at the end are stars, as IAM has it. {@code *} alone
 * is everything.
 */
final class ArnPattern {
    private static final int PARTS = 6;

    private final String text;
    private final List<Wildcard> parts;

    private ArnPattern(String text, List<Wildcard> parts) {
        this.text = text;
        this.parts = parts;
    }

    static ArnPattern of(String text, boolean variables) {
        if (text.equals("*")) {
            return new ArnPattern(text, List.of());
        }
        var parts = split(text);
        if (parts.size() < 2 || !parts.getFirst().equals("arn")) {
            throw new MalformedPolicyException("'" + text + "' is neither an ARN nor *");
        }
        var syntax = Syntax.of(true, variables);
        var wildcards = new ArrayList<Wildcard>(PARTS);
        for (int i = 0; i < PARTS; i++) {
            wildcards.add(Wildcard.of(i < parts.size() ? parts.get(i) : "*", syntax, false));
        }
        return new ArnPattern(text, List.copyOf(wildcards));
    }

    boolean matches(String arn, AccessRequest request) {
        return matches(arn, (part, given) -> part.matches(given, request));
    }

    /** Whether there can be a request of which it matches. */
    boolean mayMatch(String arn) {
        return matches(arn, Wildcard::mayMatch);
    }

    private boolean matches(String arn, BiPredicate<Wildcard, String> match) {
        if (parts.isEmpty()) {
            return true;
        }
        var given = arn.split(":", PARTS);
        if (given.length != PARTS) {
            return false;
        }
        for (int i = 0; i < PARTS; i++) {
            if (!match.test(parts.get(i), given[i])) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return text;
    }

    /** At the first five colons that are not inside a variable's name. */
    private static List<String> split(String text) {
        var parts = new ArrayList<String>(PARTS);
        int start = 0;
        boolean inVariable = false;
        for (int at = 0; at < text.length() && parts.size() < PARTS - 1; at++) {
            char c = text.charAt(at);
            if (text.startsWith("${", at)) {
                inVariable = true;
            } else if (c == '}') {
                inVariable = false;
            } else if (c == ':' && !inVariable) {
                parts.add(text.substring(start, at));
                start = at + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }
}
