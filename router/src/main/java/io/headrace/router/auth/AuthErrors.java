package io.headrace.router.auth;

import io.headrace.router.wire.WireException;

/**
 * The refusals of authentication. Kinesis, like every JSON 1.1 service, answers all of them with
 * 400; the query protocol's 403 is for other services.
 */
final class AuthErrors {
    private static final int STATUS = 400;

    private AuthErrors() {}

    static WireException missingToken() {
        return new WireException(
                STATUS, "MissingAuthenticationTokenException", "Missing Authentication Token");
    }

    /** What the request says of its signature is not well formed. */
    static WireException incomplete(String message) {
        return new WireException(STATUS, "IncompleteSignatureException", message);
    }

    /** It is well formed, and does not hold. */
    static WireException invalid(String message) {
        return new WireException(STATUS, "InvalidSignatureException", message);
    }

    static WireException unrecognized() {
        return new WireException(
                STATUS,
                "UnrecognizedClientException",
                "The security token included in the request is invalid.");
    }

    static WireException expiredToken() {
        return new WireException(
                STATUS,
                "ExpiredTokenException",
                "The security token included in the request is expired");
    }
}
