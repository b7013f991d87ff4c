package io.headrace.router.auth;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a request says of its own signature, well formed but not yet believed.
 *
 * @param timestamp as it was sent, {@code yyyyMMddTHHmmssZ}
 * @param signedHeaders lower case, sorted, no duplicates
 * @param signature hex, as it was sent
 * @param expirySeconds of a presigned request; null if it names none, and in the header form
 */
record SignatureClaim(
        boolean presigned,
        String accessKeyId,
        CredentialScope scope,
        String timestamp,
        Instant signedAt,
        List<String> signedHeaders,
        String signature,
        @Nullable Long expirySeconds,
        @Nullable String sessionToken) {
    static final String ALGORITHM = "AWS4-HMAC-SHA256";

    private static final DateTimeFormatter BASIC =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT)
                    .withResolverStyle(ResolverStyle.STRICT);

    SignatureClaim {
        signedHeaders = List.copyOf(signedHeaders);
    }

    static SignatureClaim of(SignedRequest request) {
        var authorization = request.header("authorization");
        var query = PresignedQuery.of(request.query());
        if (authorization.isEmpty()) {
            if (query.isEmpty()) {
                throw AuthErrors.missingToken();
            }
            return query.claim(request);
        }
        if (!query.isEmpty()) {
            throw AuthErrors.invalid(
                    "Found both '"
                            + query.anyName()
                            + "' as a query-string param and 'Authorization' as HTTP header.");
        }
        if (authorization.size() > 1) {
            throw AuthErrors.incomplete("The request has more than one 'Authorization' header.");
        }
        return AuthorizationHeader.parse(authorization.getFirst()).claim(request);
    }

    /** From the parts both forms have. */
    static SignatureClaim of(
            boolean presigned,
            String credential,
            String timestamp,
            String signedHeaders,
            String signature,
            @Nullable Long expirySeconds,
            @Nullable String sessionToken) {
        var parts = credential.split("/", -1);
        if (parts.length != 5) {
            throw AuthErrors.incomplete(
                    "Credential must have exactly 5 slash-delimited elements, e.g."
                            + " keyid/date/region/service/term, got '"
                            + credential
                            + "'");
        }
        if (!parts[4].equals(CredentialScope.TERMINATOR)) {
            throw AuthErrors.invalid(
                    "Credential should be scoped with a valid terminator: 'aws4_request', not '"
                            + parts[4]
                            + "'.");
        }
        return new SignatureClaim(
                presigned,
                parts[0],
                new CredentialScope(parts[1], parts[2], parts[3]),
                timestamp,
                instant(timestamp),
                headerList(signedHeaders),
                signature,
                expirySeconds,
                sessionToken);
    }

    static String format(Instant instant) {
        return BASIC.format(LocalDateTime.ofInstant(instant, ZoneOffset.UTC).truncatedTo(SECONDS));
    }

    private static final ChronoUnit SECONDS = ChronoUnit.SECONDS;

    private static Instant instant(String timestamp) {
        try {
            return LocalDateTime.parse(timestamp, BASIC).toInstant(ZoneOffset.UTC);
        } catch (DateTimeParseException e) {
            throw AuthErrors.incomplete(
                    "Date must be in ISO-8601 'basic format'. Got '"
                            + timestamp
                            + "'. See https://en.wikipedia.org/wiki/ISO_8601");
        }
    }

    /** A list in another order, or with a name twice, signs something we do not mean. */
    private static List<String> headerList(String joined) {
        var names = List.of(joined.split(";", -1));
        for (int i = 0; i < names.size(); i++) {
            var name = names.get(i);
            boolean ascending = i == 0 || names.get(i - 1).compareTo(name) < 0;
            if (name.isEmpty() || !ascending || !name.equals(name.toLowerCase(Locale.ROOT))) {
                throw AuthErrors.incomplete(
                        "SignedHeaders must be lower-case names in order, each once. Got '"
                                + joined
                                + "'");
            }
        }
        return names;
    }
}
