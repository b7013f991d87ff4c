package io.headrace.router.auth;

import static io.headrace.router.auth.Signed.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SigV4AuthenticatorTest {
    private static final String INVALID = "InvalidSignatureException";
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

    @Test
    void holdsTheClockToFiveMinutes() {
        var signed = new Signed.Signer().sign();
        for (long seconds : new long[] {-301, -300, 300, 301}) {
            var there = Signed.authenticator(NOW.plusSeconds(seconds), Signed.INGEST);
            if (Math.abs(seconds) <= 300) {
                assertThat(there.authenticate(signed.request())).isNotNull();
            } else {
                Signed.refused(there, signed, INVALID);
            }
        }
        assertThat(Signed.refused(at(301), signed, INVALID))
                .isEqualTo(
                        "Signature expired: 20260304T050607Z is now earlier than 20260304T050608Z"
                                + " (20260304T051108Z - 5 min.)");
        assertThat(Signed.refused(at(-301), signed, INVALID))
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
        Signed.refused(at(604_801), signed, INVALID);
        assertThat(at(-300).authenticate(signed.request())).isNotNull();
        Signed.refused(at(-301), signed, INVALID);
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
            Signed.refused(Signed.authenticator(NOW.plusSeconds(60), identity), signed, EXPIRED);
            signer.token = "other";
            Signed.refused(Signed.authenticator(NOW, identity), signer.sign(), UNRECOGNIZED);
            signer.token = null;
            Signed.refused(Signed.authenticator(NOW, identity), signer.sign(), UNRECOGNIZED);
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
        var message = Signed.refused(Signed.authenticator(NOW, inactive), signed(), UNRECOGNIZED);
        assertThat(message)
                .isEqualTo(Signed.refused(Signed.authenticator(NOW), signed(), UNRECOGNIZED));
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
        Signed.refused(live, signed(), INVALID);
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
        Signed.refused(both, signer.sign(), INVALID);
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
        var nothing = new SignedRequest("POST", "/", null, List.of(), ByteBuffer.allocate(0));
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
        return Signed.refused(authenticator, signed, type);
    }
}
