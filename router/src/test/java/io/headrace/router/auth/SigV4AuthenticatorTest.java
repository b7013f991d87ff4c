package io.headrace.router.auth;

import static io.headrace.router.auth.Signed.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.headrace.router.wire.WireException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SigV4AuthenticatorTest {
    private static final String INVALID = "InvalidSignatureException";
    private static final String INCOMPLETE = "IncompleteSignatureException";
    private static final String MISSING = "MissingAuthenticationTokenException";
    private static final String UNRECOGNIZED = "UnrecognizedClientException";
    private static final String EXPIRED = "ExpiredTokenException";

    private final SigV4Authenticator authenticator = Signed.authenticator(NOW, Signed.INGEST);

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void acceptsTheSdkAndNothingElse(long seed) {
        var random = new Random(seed);
        for (int i = 0; i < 20; i++) {
            var signer = randomSigner(random);
            var signed = signer.sign();
            var caller = authenticator.authenticate(signed.request());
            assertThat(caller.principalArn()).isEqualTo(Signed.INGEST.principalArn());

            // One bit of the body, or of a signed header's value, and it is another request.
            if (signed.body.length > 0) {
                var body = signed.body.clone();
                body[random.nextInt(body.length)] ^= (byte) (1 << random.nextInt(8));
                var other = signer.sign();
                other.body = body;
                refused(other, INVALID);
            }
            var other = signer.sign();
            other.with("X-Amz-Target", "Kinesis_20131202.DeleteStream");
            refused(other, INVALID);
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, 15);
    }

    private static Signed.Signer randomSigner(Random random) {
        var signer = new Signed.Signer();
        signer.at = NOW.plusSeconds(random.nextInt(-300, 301));
        signer.body = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(5_000)];
        random.nextBytes(signer.body);
        var headers = new TreeMap<String, List<String>>(signer.headers);
        if (random.nextBoolean()) {
            headers.remove("Content-Type");
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            var values = new ArrayList<String>();
            for (int j = random.nextInt(3); j >= 0; j--) {
                values.add(text(random, " \t ab,;=\"'%~|é", 12));
            }
            headers.put(random.nextBoolean() ? "x-amz-h" + i : "My-H" + i, values);
        }
        // The SDK signs characters as UTF-8 and sends whatever its HTTP client makes of them.
        headers.replaceAll((_, v) -> v.stream().map(s -> s.replace('é', 'e')).toList());
        signer.headers = headers;
        var query = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            query.append(query.isEmpty() ? '?' : '&').append("k").append(random.nextInt(3));
            query.append('=').append(QueryParameter.encode(text(random, "ab +%&=/~*", 6), false));
        }
        var path = List.of("/", "/", "/a/b", "/a%20b/%C3%A9", "/x//y/", "/a/./b/../c", "/~u*'()");
        var prefix = "http://127.0.0.1:4566" + path.get(random.nextInt(path.size()));
        signer.uri = URI.create(prefix + query);
        if (random.nextInt(4) == 0) {
            signer.presignedFor = Duration.ofSeconds(random.nextInt(301, 604_801));
        }
        return signer;
    }

    private static String text(Random random, String alphabet, int lengthMax) {
        var text = new StringBuilder();
        for (int i = random.nextInt(lengthMax + 1); i > 0; i--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tampering")
    void refusesTampering(String what, String type, Consumer<Signed> change) {
        var signed = new Signed.Signer().sign();
        assertThat(authenticator.authenticate(signed.request())).isNotNull();
        change.accept(signed);
        refused(signed, type);
    }

    static Stream<Arguments> tampering() {
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
                change("another method", INVALID, s -> s.method = "PUT"),
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
                                        "Signature=.*", "Signature=" + "A".repeat(64))),
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
        refused(signed, type);
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

    @Test
    void holdsTheClockToFiveMinutes() {
        var signed = new Signed.Signer().sign();
        for (long seconds : new long[] {-301, -300, 300, 301}) {
            var there = Signed.authenticator(NOW.plusSeconds(seconds), Signed.INGEST);
            if (Math.abs(seconds) <= 300) {
                assertThat(there.authenticate(signed.request())).isNotNull();
            } else {
                refused(there, signed, INVALID);
            }
        }
        assertThat(refused(at(301), signed, INVALID))
                .isEqualTo(
                        "Signature expired: 20260304T050607Z is now earlier than 20260304T050608Z"
                                + " (20260304T051108Z - 5 min.)");
        assertThat(refused(at(-301), signed, INVALID))
                .isEqualTo(
                        "Signature not yet current: 20260304T050607Z is still later than"
                                + " 20260304T050606Z (20260304T050106Z + 5 min.)");
    }

    @Test
    void aPresignedRequestIsGoodUntilItExpires() {
        var signer = new Signed.Signer();
        signer.presignedFor = Duration.ofDays(7);
        var signed = signer.sign();
        assertThat(at(604_800).authenticate(signed.request())).isNotNull();
        refused(at(604_801), signed, INVALID);
        assertThat(at(-300).authenticate(signed.request())).isNotNull();
        refused(at(-301), signed, INVALID);
    }

    @Test
    void aSessionNeedsItsTokenWhileItLasts() {
        var session = new Identity.Session(Secret.of("tok/en+="), NOW.plusSeconds(60));
        var arn = "arn:aws:sts::111122223333:assumed-role/Writer/one";
        var identity =
                new Identity(
                        "ASIATEMP",
                        Secret.of(Signed.SECRET),
                        Signed.ACCOUNT,
                        arn,
                        List.of(),
                        true,
                        session);
        for (var presignedFor : Arrays.asList(null, Duration.ofHours(1))) {
            var signer = new Signed.Signer();
            signer.key = "ASIATEMP";
            signer.token = "tok/en+=";
            signer.presignedFor = presignedFor;
            var signed = signer.sign();
            assertThat(Signed.authenticator(NOW, identity).authenticate(signed.request()))
                    .returns(arn, Caller::principalArn);
            refused(Signed.authenticator(NOW.plusSeconds(60), identity), signed, EXPIRED);
            signer.token = "other";
            refused(Signed.authenticator(NOW, identity), signer.sign(), UNRECOGNIZED);
            signer.token = null;
            refused(Signed.authenticator(NOW, identity), signer.sign(), UNRECOGNIZED);
        }
        var unexpected = new Signed.Signer();
        unexpected.token = "tok/en+=";
        refused(unexpected.sign(), UNRECOGNIZED);
    }

    @Test
    void anInactiveKeyIsLikeAnUnknownOne() {
        var inactive =
                new Identity(
                        Signed.KEY,
                        Secret.of(Signed.SECRET),
                        Signed.ACCOUNT,
                        Signed.INGEST.principalArn(),
                        List.of(),
                        false,
                        null);
        var message = refused(Signed.authenticator(NOW, inactive), signed(), UNRECOGNIZED);
        assertThat(message).isEqualTo(refused(Signed.authenticator(NOW), signed(), UNRECOGNIZED));
        assertThat(message).isEqualTo("The security token included in the request is invalid.");
    }

    @Test
    void aWrongSecretIsToldWithTheCanonicalString() {
        var signer = new Signed.Signer();
        signer.secret = "wrong";
        assertThat(refused(signer.sign(), INVALID))
                .startsWith("The request signature we calculated does not match the signature")
                .contains("The Canonical String for this request should have been\n'POST\n/\n\n")
                .contains("\nx-amz-target:Kinesis_20131202.PutRecord\n")
                .contains(
                        "The String-to-Sign should have been\n'AWS4-HMAC-SHA256\n20260304T050607Z")
                .doesNotContain(Signed.SECRET);
    }

    @Test
    void replacedIdentitiesApplyAtOnce() {
        var current = new Identities[] {Identities.of(List.of(Signed.INGEST))};
        var live =
                new SigV4Authenticator(
                        () -> current[0], SigV4Settings.kinesis("us-east-1"), () -> NOW);
        assertThat(live.authenticate(signed().request())).isNotNull();
        var rotated =
                Identity.user(Signed.KEY, Secret.of("new"), Signed.ACCOUNT, "ingest", List.of());
        current[0] = Identities.of(List.of(rotated));
        refused(live, signed(), INVALID);
        var signer = new Signed.Signer();
        signer.secret = "new";
        assertThat(live.authenticate(signer.sign().request())).isNotNull();
    }

    @Test
    void oneKeyNeverSignsForAnother() {
        var other =
                Identity.user("AKIDOTHER", Secret.of("other"), Signed.ACCOUNT, "other", List.of());
        var both = Signed.authenticator(NOW, Signed.INGEST, other);
        assertThat(both.authenticate(signed().request()).userName()).isEqualTo("ingest");
        var signer = new Signed.Signer();
        signer.key = "AKIDOTHER";
        refused(both, signer.sign(), INVALID);
        signer.secret = "other";
        assertThat(both.authenticate(signer.sign().request()).userName()).isEqualTo("other");
    }

    @Test
    void authorityIsTheHostOfHttp2() {
        var signed = signed();
        var host = signed.header("Host");
        signed.without("Host").headers.addFirst(Map.entry(":authority", host));
        signed.headers.addFirst(Map.entry(":path", "/"));
        assertThat(authenticator.authenticate(signed.request())).isNotNull();
        signed.with("host", host);
        assertThat(authenticator.authenticate(signed.request())).isNotNull();
        signed.with("host", "example.com");
        refused(signed, INVALID);
    }

    @Test
    void charactersThatAreNoBytesNeverPass() {
        var signed = signed().with("X-Amz-Target", "Kinesis_20131202.PutRecord\u1234");
        refused(signed, INVALID);
        var path = signed();
        path.path = "/\u1234";
        refused(path, INVALID);
    }

    @Test
    void anonymousIsTheRootOfTheDefaultAccount() {
        var anonymous = new AnonymousAuthenticator("000000000000");
        var nothing = new SignedRequest("POST", "/", null, List.of(), new byte[0]);
        assertThat(anonymous.authenticate(nothing).principalArn())
                .isEqualTo("arn:aws:iam::000000000000:root");
        assertThat(anonymous.authenticate(signed().request()).isRoot()).isTrue();
    }

    private static Signed signed() {
        return new Signed.Signer().sign();
    }

    private static SigV4Authenticator at(long secondsLater) {
        Instant now = NOW.plusSeconds(secondsLater);
        return Signed.authenticator(now, Signed.INGEST);
    }

    private String refused(Signed signed, String type) {
        return refused(authenticator, signed, type);
    }

    private static String refused(SigV4Authenticator by, Signed signed, String type) {
        var message = new String[1];
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(() -> by.authenticate(signed.request()))
                .returns(type, WireException::type)
                .returns(400, WireException::status)
                .satisfies(e -> message[0] = String.valueOf(e.getMessage()));
        return message[0];
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
