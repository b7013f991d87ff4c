package io.headrace.router.auth;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The header form of a signature: {@code AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…,
 * Signature=…}.
 */
record AuthorizationHeader(String text, Map<String, String> parameters) {
    private static final Set<String> NAMES = Set.of("Credential", "SignedHeaders", "Signature");

    AuthorizationHeader {
        parameters = Map.copyOf(parameters);
    }

    static AuthorizationHeader parse(String text) {
        var stripped = text.strip();
        int space = stripped.indexOf(' ');
        var algorithm = space < 0 ? stripped : stripped.substring(0, space);
        if (algorithm.startsWith("AWS") && !algorithm.equals(SignatureClaim.ALGORITHM)) {
            throw AuthErrors.incomplete("Unsupported AWS 'algorithm': '" + algorithm + "'.");
        }
        var parameters = new HashMap<String, String>();
        // Another scheme, such as Basic, lacks all three parameters and is refused for that.
        if (space > 0 && algorithm.equals(SignatureClaim.ALGORITHM)) {
            for (var pair : stripped.substring(space + 1).split("[, ]", -1)) {
                if (!pair.isEmpty()) {
                    add(parameters, pair, text);
                }
            }
        }
        return new AuthorizationHeader(text, parameters);
    }

    private static void add(Map<String, String> parameters, String pair, String text) {
        int equals = pair.indexOf('=');
        if (equals < 0) {
            throw AuthErrors.incomplete(
                    "'%s' not a valid key=value pair (missing equal-sign) in Authorization header: '%s'."
                            .formatted(pair, text));
        }
        var name = pair.substring(0, equals);
        if (!NAMES.contains(name) || parameters.put(name, pair.substring(equals + 1)) != null) {
            throw AuthErrors.incomplete(
                    "'%s' is unknown or given twice in Authorization header: '%s'."
                            .formatted(name, text));
        }
    }

    SignatureClaim claim(SignedRequest request) {
        var problems = new StringBuilder();
        var credential = required("Credential", problems);
        var signature = required("Signature", problems);
        var signedHeaders = required("SignedHeaders", problems);
        var dates = request.header("x-amz-date");
        if (dates.size() != 1) {
            problems.append(
                    "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date'"
                            + " header. ");
        }
        if (!problems.isEmpty()) {
            throw AuthErrors.incomplete(problems + "Authorization=" + text);
        }
        return SignatureClaim.of(
                false,
                credential,
                dates.getFirst().strip(),
                signedHeaders,
                signature,
                null,
                sessionToken(request));
    }

    /** Sent more than once it is not one: no token is a list. */
    static @Nullable String sessionToken(SignedRequest request) {
        var tokens = request.header("x-amz-security-token");
        return tokens.isEmpty() ? null : String.join(",", tokens).strip();
    }

    private String required(String name, StringBuilder problems) {
        var value = parameters.getOrDefault(name, "");
        if (value.isEmpty()) {
            problems.append("Authorization header requires '" + name + "' parameter. ");
        }
        return value;
    }
}
