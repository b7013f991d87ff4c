package io.headrace.router.auth;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The query form of a signature: a presigned request. */
final class PresignedQuery {
    private static final String ALGORITHM = "X-Amz-Algorithm";
    private static final String CREDENTIAL = "X-Amz-Credential";
    private static final String DATE = "X-Amz-Date";
    private static final String EXPIRES = "X-Amz-Expires";
    private static final String SIGNED_HEADERS = "X-Amz-SignedHeaders";
    private static final String TOKEN = "X-Amz-Security-Token";

    /** The one parameter that is not itself signed. */
    static final String SIGNATURE = "X-Amz-Signature";

    private static final List<String> REQUIRED =
            List.of(ALGORITHM, CREDENTIAL, SIGNATURE, SIGNED_HEADERS, DATE);

    /** Only those that start with X-Amz-; null where a name comes twice. */
    private final Map<String, Optional<String>> parameters = new TreeMap<>();

    static PresignedQuery of(@Nullable String rawQuery) {
        var query = new PresignedQuery();
        if (rawQuery != null) {
            for (var parameter : QueryParameter.parse(rawQuery)) {
                if (parameter.name().startsWith("X-Amz-")) {
                    query.parameters.merge(
                            parameter.name(),
                            Optional.of(parameter.value()),
                            (_, _) -> Optional.empty());
                }
            }
        }
        return query;
    }

    /** Whether the query claims no signature. */
    boolean isEmpty() {
        return parameters.isEmpty();
    }

    String anyName() {
        return parameters.keySet().iterator().next();
    }

    SignatureClaim claim(SignedRequest request) {
        for (var parameter : parameters.entrySet()) {
            if (parameter.getValue().isEmpty()) {
                throw AuthErrors.incomplete(
                        "AWS query-string parameters must not repeat '"
                                + parameter.getKey()
                                + "'.");
            }
        }
        var missing = new StringBuilder();
        for (var name : REQUIRED) {
            if (value(name).isEmpty()) {
                missing.append("AWS query-string parameters must include '" + name + "'. ");
            }
        }
        if (!missing.isEmpty()) {
            throw AuthErrors.incomplete(missing + "Re-examine the query-string parameters.");
        }
        if (!value(ALGORITHM).equals(SignatureClaim.ALGORITHM)) {
            throw AuthErrors.incomplete("Unsupported AWS 'algorithm': '" + value(ALGORITHM) + "'.");
        }
        var token = value(TOKEN);
        return SignatureClaim.of(
                true,
                value(CREDENTIAL),
                value(DATE),
                value(SIGNED_HEADERS),
                value(SIGNATURE),
                expirySeconds(),
                token.isEmpty() ? AuthorizationHeader.sessionToken(request) : token);
    }

    private @Nullable Long expirySeconds() {
        if (!parameters.containsKey(EXPIRES)) {
            return null;
        }
        var text = value(EXPIRES);
        if (!text.matches("\\d{1,9}")) {
            throw AuthErrors.incomplete(
                    EXPIRES + " must be a number of seconds. Got '" + text + "'");
        }
        return Long.valueOf(text);
    }

    private String value(String name) {
        return parameters.getOrDefault(name, Optional.empty()).orElse("");
    }
}
