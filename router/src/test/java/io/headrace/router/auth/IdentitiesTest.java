package io.headrace.router.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdentitiesTest {
    private static final String ACCOUNT = "111122223333";

    @Test
    void twoKeysOfAUserMayBeActive() {
        var first = user("AKID1", "ingest");
        var second = user("AKID2", "ingest");
        assertThat(Identities.problems(List.of(first, second, user("AKID3", "other")))).isEmpty();
        var third = user("AKID3", "ingest");
        assertThat(Identities.problems(List.of(first, second, third)))
                .containsExactly(
                        "arn:aws:iam::111122223333:user/ingest has more than 2 active keys");
        var retired =
                new Identity(
                        "AKID3",
                        Secret.of("s"),
                        ACCOUNT,
                        third.principalArn(),
                        List.of(),
                        false,
                        null);
        assertThat(Identities.problems(List.of(first, second, retired))).isEmpty();
    }

    @Test
    void tellsEveryProblemAtOnceAndNoSecret() {
        var bad =
                new Identity(
                        "a/b",
                        Secret.of(""),
                        "12",
                        "arn:aws:iam::111122223333:user/x",
                        List.of(),
                        true,
                        null);
        var twice = List.of(bad, user("AKID1", "a"), user("AKID1", "b"));
        assertThat(Identities.problems(twice)).hasSize(5);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Identities.of(twice))
                .withMessageContaining("access key id 'a/b' is not")
                .withMessageContaining("access key a/b has an empty secret")
                .withMessageContaining("access key a/b: the account is not twelve digits")
                .withMessageContaining("is not a user, role or root of account 12")
                .withMessageContaining("access key id AKID1 is given twice");
    }

    @Test
    void secretsAreNeverPrinted() {
        var session = new Identity.Session(Secret.of("top-secret-token"), Instant.EPOCH);
        var identity =
                new Identity(
                        "AKID1",
                        Secret.of("top-secret-key"),
                        ACCOUNT,
                        "arn:aws:iam::111122223333:user/a",
                        List.of(),
                        true,
                        session);
        assertThat(identity.toString()).contains("AKID1").doesNotContain("top-secret");
        assertThat(Identities.of(List.of(identity)).toString()).isEqualTo("Identities[AKID1]");
        assertThat(identity.caller().toString()).doesNotContain("top-secret");
    }

    @Test
    void secretsAreComparedByValue() {
        assertThat(Secret.of("a")).isEqualTo(Secret.of("a")).isNotEqualTo(Secret.of("b"));
        assertThat(Secret.of("a").is("a")).isTrue();
        assertThat(Secret.of("a").is("aa")).isFalse();
    }

    @Test
    void signingKeysAreDerivedOnceAndBounded() {
        var identity = user("AKID1", "a");
        var identities = Identities.of(List.of(identity));
        var today = new CredentialScope("20260304", "us-east-1", "kinesis");
        var key = identities.signingKey(identity, today);
        assertThat(identities.signingKey(identity, today)).isSameAs(key);
        for (int day = 0; day < 3_000; day++) {
            identities.signingKey(
                    identity, new CredentialScope("day" + day, "us-east-1", "kinesis"));
        }
        assertThat(identities.signingKeysHeld()).isLessThanOrEqualTo(1_024);
        assertThat(identities.signingKey(identity, today).sign("x")).isEqualTo(key.sign("x"));
    }

    private static Identity user(String key, String name) {
        return Identity.user(key, Secret.of("s"), ACCOUNT, name, List.of());
    }
}
