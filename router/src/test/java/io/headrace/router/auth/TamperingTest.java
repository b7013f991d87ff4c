package io.headrace.router.auth;

import static io.headrace.router.auth.Signed.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A request that was signed by the SDK and then changed in one place is refused by name. */
class TamperingTest {
    private static final String INVALID = "InvalidSignatureException";
    private static final String INCOMPLETE = "IncompleteSignatureException";
    private static final String MISSING = "MissingAuthenticationTokenException";
    private static final String UNRECOGNIZED = "UnrecognizedClientException";

    private final SigV4Authenticator authenticator = Signed.authenticator(NOW, Signed.INGEST);

    @ParameterizedTest(name = "{0}")
    @MethodSource({"request", "claim", "form"})
    void refusesTampering(String what, String type, Consumer<Signed> change) {
        var signed = new Signed.Signer().sign();
        assertThat(authenticator.authenticate(signed.request())).isNotNull();
        change.accept(signed);
        Signed.refused(authenticator, signed, type);
    }

    /** The request is another than the one that was signed. */
    static Stream<Arguments> request() {
        return Stream.of(
                change("another body", INVALID, s -> s.body = bytes("{}")),
                change("no body", INVALID, s -> s.body = bytes("")),
                change("another target", INVALID, s -> s.with("X-Amz-Target", "Kinesis.Other")),
                change(
                        "target twice",
                        INVALID,
                        s -> s.headers.add(Map.entry("x-amz-target", "Kinesis_20131202.Other"))),
                change("no target", INVALID, s -> s.without("X-Amz-Target")),
                change("another content type", INVALID, s -> s.with("Content-Type", "text/plain")),
                change("no content type", INVALID, s -> s.without("Content-Type")),
                change("another host", INVALID, s -> s.with("Host", "example.com")),
                change("another authority", INVALID, s -> s.with(":authority", "example.com")),
                change("no host", INVALID, s -> s.without("Host")),
                change("an unsigned x-amz header", INVALID, s -> s.with("X-Amz-More", "1")),
                change("a query", INVALID, s -> s.query = "a=b"),
                change("another path", INVALID, s -> s.path = "/other"),
                change("another method", INVALID, s -> s.method = "PUT"));
    }

    /** The signature is claimed for something else, or leaves something out. */
    static Stream<Arguments> claim() {
        return Stream.of(
                change("another date", INVALID, s -> s.with("X-Amz-Date", "20260304T050608Z")),
                change(
                        "another day in the scope",
                        INVALID,
                        s -> s.replaceInAuthorization("/20260304/", "/20260303/")),
                change(
                        "another region",
                        INVALID,
                        s -> s.replaceInAuthorization("/us-east-1/", "/eu-west-1/")),
                change(
                        "another service",
                        INVALID,
                        s -> s.replaceInAuthorization("/kinesis/", "/s3/")),
                change(
                        "another terminator",
                        INVALID,
                        s -> s.replaceInAuthorization("aws4_request", "aws5_request")),
                change(
                        "another key",
                        UNRECOGNIZED,
                        s -> s.replaceInAuthorization(Signed.KEY, "AKIDOTHER")),
                change(
                        "a token nobody gave",
                        INVALID,
                        s -> s.with("X-Amz-Security-Token", "forged")),
                change(
                        "unsigned payload",
                        INVALID,
                        s -> s.with("x-amz-content-sha256", "UNSIGNED-PAYLOAD")),
                change(
                        "streaming payload",
                        INVALID,
                        s -> s.with("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")),
                change("host not signed", INVALID, s -> s.replaceInAuthorization("host;", "")),
                change(
                        "target not signed",
                        INVALID,
                        s -> s.replaceInAuthorization(";x-amz-target", "")),
                change(
                        "date not signed",
                        INVALID,
                        s -> s.replaceInAuthorization("x-amz-date;", "")),
                change(
                        "signed headers in another order",
                        INCOMPLETE,
                        s -> s.replaceInAuthorization("(content-type);(host)", "$2;$1")),
                change(
                        "signed headers in upper case",
                        INCOMPLETE,
                        s -> s.replaceInAuthorization("content-type", "Content-Type")),
                change(
                        "signature of another length",
                        INVALID,
                        s -> s.replaceInAuthorization("Signature=..", "Signature=")),
                change(
                        "signature in upper case",
                        INVALID,
                        s ->
                                s.replaceInAuthorization(
                                        "Signature=.*", "Signature=" + "A".repeat(64))));
    }

    /** The signature is not well formed. */
    static Stream<Arguments> form() {
        return Stream.of(
                change("no authorization", MISSING, s -> s.without("Authorization")),
                change("another scheme", INCOMPLETE, s -> s.with("Authorization", "Basic abc=")),
                change("empty", INCOMPLETE, s -> s.with("Authorization", "")),
                change(
                        "SigV4A",
                        INCOMPLETE,
                        s -> s.replaceInAuthorization("HMAC-SHA256", "ECDSA-P256-SHA256")),
                change(
                        "authorization twice",
                        INCOMPLETE,
                        s -> s.headers.add(Map.entry("authorization", "AWS4-HMAC-SHA256 a=b"))),
                change(
                        "no signature",
                        INCOMPLETE,
                        s -> s.replaceInAuthorization(", Signature=.*", "")),
                change(
                        "no credential",
                        INCOMPLETE,
                        s -> s.replaceInAuthorization("Credential=[^,]*, ", "")),
                change(
                        "no signed headers",
                        INCOMPLETE,
                        s -> s.replaceInAuthorization("SignedHeaders=[^,]*, ", "")),
                change(
                        "credential of four parts",
                        INCOMPLETE,
                        s -> s.replaceInAuthorization("/kinesis/", "/")),
                change("no date", INCOMPLETE, s -> s.without("X-Amz-Date")),
                change("a bad date", INCOMPLETE, s -> s.with("X-Amz-Date", "20260304T056607Z")),
                change(
                        "two dates",
                        INCOMPLETE,
                        s -> s.headers.add(Map.entry("x-amz-date", "20260304T050607Z"))),
                change(
                        "header and query",
                        INVALID,
                        s -> s.query = "X-Amz-Algorithm=AWS4-HMAC-SHA256"));
    }

    private static Arguments change(String what, String type, Consumer<Signed> change) {
        return arguments(what, type, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("presignedTampering")
    void refusesTamperingWithAPresignedRequest(String what, String type, Consumer<Signed> change) {
        var signer = new Signed.Signer();
        signer.presignedFor = Duration.ofHours(1);
        var signed = signer.sign();
        assertThat(authenticator.authenticate(signed.request())).isNotNull();
        change.accept(signed);
        Signed.refused(authenticator, signed, type);
    }

    static Stream<Arguments> presignedTampering() {
        return Stream.of(
                change("another body", INVALID, s -> s.body = bytes("{}")),
                change("another target", INVALID, s -> s.with("X-Amz-Target", "Kinesis.Other")),
                change("another parameter", INVALID, s -> s.query += "&a=b"),
                change("more time", INVALID, s -> replaceQuery(s, "Expires=3600", "Expires=3601")),
                change(
                        "8 days",
                        INCOMPLETE,
                        s -> replaceQuery(s, "Expires=3600", "Expires=691200")),
                change("no time", INCOMPLETE, s -> replaceQuery(s, "Expires=3600", "Expires=0")),
                change("bad time", INCOMPLETE, s -> replaceQuery(s, "Expires=3600", "Expires=-1")),
                change("time dropped", INVALID, s -> replaceQuery(s, "&X-Amz-Expires=3600", "")),
                change(
                        "algorithm",
                        INCOMPLETE,
                        s -> replaceQuery(s, "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1")),
                change("no date", INCOMPLETE, s -> replaceQuery(s, "X-Amz-Date", "X-Amz-Other")),
                change("twice", INCOMPLETE, s -> s.query += "&X-Amz-Date=20260304T050607Z"),
                change(
                        "unsigned x-amz header",
                        INVALID,
                        s -> s.with("X-Amz-Date", "20260304T050607Z")),
                change(
                        "header and query",
                        INVALID,
                        s -> s.with("Authorization", "AWS4-HMAC-SHA256 Credential=a")));
    }

    private static void replaceQuery(Signed signed, String target, String replacement) {
        var query = signed.query == null ? "" : signed.query;
        assertThat(query).contains(target);
        signed.query = query.replace(target, replacement);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
