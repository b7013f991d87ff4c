package io.headrace.router.auth;

/**
 * What a signing key is good for.
 *
 * @param day {@code yyyyMMdd}
 */
record CredentialScope(String day, String region, String service) {
    static final String TERMINATOR = "aws4_request";

    @Override
    public String toString() {
        return day + "/" + region + "/" + service + "/" + TERMINATOR;
    }
}
