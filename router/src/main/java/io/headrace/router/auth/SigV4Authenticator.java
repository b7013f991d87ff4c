package io.headrace.router.auth;

import io.headrace.router.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * Verifies AWS Signature Version 4, in the Authorization header or presigned in the query. Any
 * thread may call it. The identities are asked for with every request, so that replacing them takes
 * effect at once.
 *
 * <p>What is cheap is checked before what hashes the body. An unknown key id costs as much as a
 * known one with a wrong signature.
 */
public final class SigV4Authenticator implements Authenticator {
    private static final String MISMATCH =
            "The request signature we calculated does not match the signature you provided. Check"
                    + " your AWS Secret Access Key and signing method. Consult the service"
                    + " documentation for details.";
    private static final String BODY_HASH = "x-amz-content-sha256";

    private final Supplier<Identities> identities;
    private final SigV4Settings settings;
    private final InstantSource clock;

    public SigV4Authenticator(
            Supplier<Identities> identities, SigV4Settings settings, InstantSource clock) {
        this.identities = identities;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public Caller authenticate(SignedRequest request) {
        var now = clock.instant();
        var claim = SignatureClaim.of(request);
        checkScope(claim);
        checkTime(claim, now);
        checkSignedHeaders(claim, request);
        checkBodyHashHeader(request);

        var known = identities.get();
        var identity = known.find(claim.accessKeyId());
        var bodySha256 = SigningKey.sha256(request.body());
        var canonical = CanonicalRequest.of(request, claim.signedHeaders(), bodySha256);
        var stringToSign = stringToSign(claim, canonical);
        var signature = known.signingKey(identity, claim.scope()).sign(stringToSign);
        boolean signed = isEqual(signature, claim.signature());

        checkIdentity(identity, claim, now);
        checkBodyHash(request, bodySha256);
        if (!signed) {
            throw mismatch(canonical, stringToSign);
        }
        return identity.caller();
    }

    private void checkScope(SignatureClaim claim) {
        var scope = claim.scope();
        var day = claim.timestamp().substring(0, 8);
        if (!scope.day().equals(day)) {
            throw AuthErrors.invalid(
                    "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date"
                            + " from HTTP: '%s' != '%s', from '%s'."
                                    .formatted(scope.day(), day, claim.timestamp()));
        }
        if (!settings.regions().contains(scope.region())) {
            throw AuthErrors.invalid(
                    "Credential should be scoped to a valid region, not '" + scope.region() + "'.");
        }
        if (!settings.services().contains(scope.service())) {
            throw AuthErrors.invalid(
                    "Credential should be scoped to correct service: '"
                            + String.join("' or '", settings.services().stream().sorted().toList())
                            + "'.");
        }
    }

    private void checkTime(SignatureClaim claim, Instant now) {
        var skew = settings.skewMax();
        var signedAt = claim.signedAt();
        if (signedAt.isAfter(now.plus(skew))) {
            throw AuthErrors.invalid(
                    "Signature not yet current: %s is still later than %s (%s + %s.)"
                            .formatted(
                                    claim.timestamp(),
                                    SignatureClaim.format(now.plus(skew)),
                                    SignatureClaim.format(now),
                                    minutes(skew)));
        }
        var expirySeconds = claim.expirySeconds();
        if (expirySeconds == null) {
            if (signedAt.isBefore(now.minus(skew))) {
                throw AuthErrors.invalid(
                        "Signature expired: %s is now earlier than %s (%s - %s.)"
                                .formatted(
                                        claim.timestamp(),
                                        SignatureClaim.format(now.minus(skew)),
                                        SignatureClaim.format(now),
                                        minutes(skew)));
            }
            return;
        }
        if (expirySeconds < 1 || expirySeconds > settings.presignMax().toSeconds()) {
            throw AuthErrors.incomplete(
                    "X-Amz-Expires must be between 1 and %d seconds. Got '%d'"
                            .formatted(settings.presignMax().toSeconds(), expirySeconds));
        }
        var expiry = signedAt.plusSeconds(expirySeconds);
        if (now.isAfter(expiry)) {
            throw AuthErrors.invalid(
                    "Signature expired: %s is now earlier than %s"
                            .formatted(SignatureClaim.format(expiry), SignatureClaim.format(now)));
        }
    }

    private static String minutes(Duration skew) {
        return skew.toSeconds() % 60 == 0 ? skew.toMinutes() + " min" : skew.toSeconds() + " s";
    }

    /** A header that changes what is asked for must not be changed on its way. */
    private static void checkSignedHeaders(SignatureClaim claim, SignedRequest request) {
        if (!claim.signedHeaders().contains("host")) {
            throw AuthErrors.invalid(
                    "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
        }
        for (var name : request.headerNames()) {
            if (name.startsWith("x-amz-") && !claim.signedHeaders().contains(name)) {
                throw AuthErrors.invalid(
                        "'" + name + "' must be a 'SignedHeader' in the AWS Authorization.");
            }
        }
    }

    private static void checkBodyHashHeader(SignedRequest request) {
        for (var value : request.header(BODY_HASH)) {
            if (value.startsWith("UNSIGNED-") || value.startsWith("STREAMING-")) {
                throw AuthErrors.invalid(
                        "The body must be signed: " + BODY_HASH + " cannot be " + value + ".");
            }
        }
    }

    private static void checkBodyHash(SignedRequest request, String computed) {
        for (var value : request.header(BODY_HASH)) {
            if (!value.strip().equals(computed)) {
                throw AuthErrors.invalid(
                        "The value passed in as x-amz-content-sha256 does not match the computed"
                                + " payload hash. Computed digest: [%s] expected hash: [%s]"
                                        .formatted(computed, value));
            }
        }
    }

    private static void checkIdentity(Identity identity, SignatureClaim claim, Instant now) {
        var session = identity.session();
        var token = claim.sessionToken();
        boolean rightToken =
                session == null ? token == null : token != null && session.token().is(token);
        if (!identity.active() || !rightToken) {
            throw AuthErrors.unrecognized();
        }
        if (session != null && !now.isBefore(session.expiry())) {
            throw AuthErrors.expiredToken();
        }
    }

    private static String stringToSign(SignatureClaim claim, String canonical) {
        if (canonical.chars().anyMatch(c -> c > 0xFF)) {
            throw AuthErrors.invalid("The request has characters that are not bytes.");
        }
        // One char per byte received: this gives back the bytes that were signed.
        var hash =
                SigningKey.sha256(ByteBuffer.wrap(canonical.getBytes(StandardCharsets.ISO_8859_1)));
        return String.join(
                "\n", SignatureClaim.ALGORITHM, claim.timestamp(), claim.scope().toString(), hash);
    }

    private static boolean isEqual(String computed, String claimed) {
        return MessageDigest.isEqual(
                computed.getBytes(StandardCharsets.US_ASCII),
                claimed.getBytes(StandardCharsets.UTF_8));
    }

    private static WireException mismatch(String canonical, String stringToSign) {
        return AuthErrors.invalid(
                """
                %s

                The Canonical String for this request should have been
                '%s'

                The String-to-Sign should have been
                '%s'
                """
                        .formatted(MISMATCH, canonical, stringToSign));
    }
}
