package io.headrace.router.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.headrace.router.wire.WireException;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is sent, the answer is a refusal by name: never a fault, never somebody else. */
class SignatureClaimFuzzTest {
    private static final Set<String> TYPES =
            Set.of(
                    "InvalidSignatureException",
                    "IncompleteSignatureException",
                    "MissingAuthenticationTokenException",
                    "UnrecognizedClientException");
    private static final String[] SCRAPS = {
        "",
        " ",
        ",",
        "=",
        "/",
        ";",
        "%",
        "%2",
        "%ZZ",
        "&",
        "\0",
        "\u00ff",
        "\u1234",
        "X-Amz-",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 ",
        "Credential=",
        "Signature=",
        "SignedHeaders=",
        "X-Amz-Expires=99999999999999999999",
        "X-Amz-Date=",
        "aws4_request",
        "////",
        "host;host",
        "20260304T050607Z",
        "99999999T999999Z",
        "Credential=/////",
        "x".repeat(3000),
    };

    private final SigV4Authenticator authenticator =
            Signed.authenticator(Signed.NOW, Signed.INGEST);

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void mutatedSignaturesAreRefusedByName(long seed) {
        var random = new Random(seed);
        boolean presigned = seed % 2 == 1;
        var signed = signed(presigned);
        var original = String.valueOf(presigned ? signed.query : signed.header("Authorization"));
        var intact = SignatureClaim.of(signed.request());
        for (int i = 0; i < 500; i++) {
            var mutated = mutate(random, original);
            if (presigned) {
                signed.query = mutated;
            } else {
                signed.with("Authorization", mutated);
            }
            check(signed, intact, mutated);
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    private void check(Signed signed, SignatureClaim intact, String mutated) {
        try {
            authenticator.authenticate(signed.request());
        } catch (WireException e) {
            assertThat(e.type()).as(mutated).isIn(TYPES);
            assertThat(e.status()).isEqualTo(400);
            return;
        } catch (RuntimeException e) {
            fail("a fault for: " + mutated, e);
        }
        // What passes must say the same in other words, such as with one more space.
        var claim = SignatureClaim.of(signed.request());
        assertThat(claim).as(mutated).isEqualTo(intact);
    }

    private static Signed signed(boolean presigned) {
        var signer = new Signed.Signer();
        signer.presignedFor = presigned ? Duration.ofHours(1) : null;
        return signer.sign();
    }

    private static String mutate(Random random, String text) {
        var mutated = new StringBuilder(text);
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(mutated.length() + 1);
            int end = Math.min(mutated.length(), at + random.nextInt(8));
            switch (random.nextInt(4)) {
                case 0 -> mutated.delete(at, end);
                case 1 -> mutated.insert(at, SCRAPS[random.nextInt(SCRAPS.length)]);
                case 2 -> mutated.replace(at, end, SCRAPS[random.nextInt(SCRAPS.length)]);
                default -> mutated.insert(at, (char) random.nextInt(256));
            }
        }
        return mutated.toString();
    }
}
