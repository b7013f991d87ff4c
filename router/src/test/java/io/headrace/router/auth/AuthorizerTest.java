package io.headrace.router.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Policies' decisions; the cases are data files. */
class AuthorizerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String STREAM = "arn:aws:kinesis:us-east-1:111122223333:stream/clicks";

    private static final Conditions NONE = key -> List.of();

    private static final Map<String, String> REASONS =
            Map.of(
                    "identity-deny", "with an explicit deny in an identity-based policy",
                    "resource-deny", "with an explicit deny in a resource-based policy",
                    "no-identity", "because no identity-based policy allows the %s action",
                    "no-resource", "because no resource-based policy allows the %s action");

    private final Authorizer authorizer = new Authorizer(() -> Signed.NOW);

    @ParameterizedTest(name = "{0}")
    @MethodSource("decisions")
    void decides(String name, JsonNode test) {
        var version = test.path("version").asText("2012-10-17");
        var principal = test.path("caller").asText("arn:aws:iam::111122223333:user/ingest");
        var identity = test.path("identity");
        var caller =
                new Caller(
                        principal.split(":", 6)[4],
                        principal,
                        identity.isEmpty()
                                ? List.of()
                                : List.of(Policy.parseIdentity(document(version, identity))));
        var resourcePolicy =
                test.has("policy")
                        ? Policy.parseResource(document(version, test.get("policy")))
                        : null;
        var action = test.path("action").asText("kinesis:PutRecord");
        var resource = test.path("resource").asText(STREAM);
        var keys = new HashMap<String, List<String>>();
        for (var key : test.path("context").properties()) {
            var values = new ArrayList<String>();
            key.getValue().forEach(value -> values.add(value.asText()));
            keys.put(key.getKey().toLowerCase(Locale.ROOT), values);
        }
        var tags = new HashMap<String, String>();
        test.path("tags").properties().forEach(t -> tags.put(t.getKey(), t.getValue().asText()));

        var refusal =
                refusal(
                        caller,
                        action,
                        new Resource(resource, resourcePolicy, tags),
                        key -> keys.getOrDefault(key, List.of()));
        var expected = test.get("expect").asText();
        if (expected.equals("allow")) {
            assertThat(refusal).isNull();
        } else {
            assertThat(refusal)
                    .isEqualTo(
                            "User: %s is not authorized to perform: %s on resource: %s %s",
                            principal,
                            action,
                            resource,
                            Objects.requireNonNull(REASONS.get(expected)).formatted(action));
        }
    }

    static Stream<Arguments> decisions() throws IOException {
        return cases("decisions.json").map(test -> Arguments.of(test.get("name").asText(), test));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("malformed")
    void refusesMalformedPolicies(String json, String message) {
        assertThatExceptionOfType(MalformedPolicyException.class)
                .isThrownBy(() -> Policy.parseResource(json))
                .withMessageContaining(message);
        // Once stored by a version that knew more, it denies.
        var caller = new Caller("111122223333", "arn:aws:iam::111122223333:root", List.of());
        assertThat(
                        refusal(
                                caller,
                                "kinesis:PutRecord",
                                new Resource(STREAM, Policy.stored(json), Map.of()),
                                NONE))
                .endsWith("with an explicit deny in a resource-based policy");
        assertThat(Policy.stored(json).json()).isEqualTo(json);
    }

    static Stream<Arguments> malformed() throws IOException {
        return cases("malformed-policies.json")
                .map(test -> {
                    var policy = test.path("policy");
                    var json =
                            policy.isMissingNode()
                                    ? "{\"Version\":\"2012-10-17\",\"Statement\":["
                                            + test.get("statement")
                                            + "]}"
                                    : policy.isTextual() ? policy.asText() : policy.toString();
                    return Arguments.of(json, test.get("message").asText());
                });
    }

    @Test
    void refusesLargePoliciesBeforeReadingThem() {
        assertThatExceptionOfType(MalformedPolicyException.class)
                .isThrownBy(() -> Policy.parseResource("[".repeat(PolicyParser.CHARS_MAX + 1)))
                .withMessage("the policy is longer than 20480 characters");
    }

    @Test
    void anIdentityPolicyTakesNoPrincipal() {
        var json =
                """
                {"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}\
                """;
        assertThatExceptionOfType(MalformedPolicyException.class)
                .isThrownBy(() -> Policy.parseIdentity(json))
                .withMessage("Statement[0]: an identity policy takes no Principal");
        assertThatCode(() -> Policy.parseResource(json)).doesNotThrowAnyException();
    }

    @Test
    void severalIdentityPoliciesAddUp() {
        var read = Policy.parseIdentity(statement("Allow", "kinesis:Get*"));
        var write = Policy.parseIdentity(statement("Allow", "kinesis:Put*"));
        var never = Policy.parseIdentity(statement("Deny", "kinesis:PutRecord"));
        var writer =
                new Caller(
                        "111122223333", "arn:aws:iam::111122223333:user/w", List.of(read, write));
        assertThat(refusal(writer, "kinesis:PutRecord", Resource.bare(STREAM), NONE)).isNull();
        var denied =
                new Caller(
                        "111122223333",
                        "arn:aws:iam::111122223333:user/w",
                        List.of(read, write, never));
        assertThat(refusal(denied, "kinesis:PutRecord", Resource.bare(STREAM), NONE))
                .endsWith("with an explicit deny in an identity-based policy");
        assertThat(refusal(denied, "kinesis:PutRecords", Resource.bare(STREAM), NONE)).isNull();
    }

    @Test
    void starsTakeNoMoreThanPatternTimesText() {
        var pattern = "*a".repeat(2_000) + "b";
        var policy =
                Policy.parseIdentity(
                        """
                        {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*",\
                        "Resource":"*","Condition":{"StringLike":{"aws:UserAgent":"%s"}}}]}\
                        """
                                .formatted(pattern));
        var caller =
                new Caller("111122223333", "arn:aws:iam::111122223333:user/w", List.of(policy));
        Conditions conditions =
                key -> key.equals("aws:useragent") ? List.of("a".repeat(8_000)) : List.of();
        // With backtracking to every star this would not end.
        assertThat(refusal(caller, "kinesis:PutRecord", Resource.bare(STREAM), conditions))
                .isNotNull();
    }

    private static String statement(String effect, String action) {
        return """
        {"Version":"2012-10-17",\
        "Statement":[{"Effect":"%s","Action":"%s","Resource":"*"}]}\
        """
                .formatted(effect, action);
    }

    private static String document(String version, JsonNode statements) {
        return "{\"Version\":\"" + version + "\",\"Statement\":" + statements + "}";
    }

    private @Nullable String refusal(
            Caller caller, String action, Resource resource, Conditions conditions) {
        try {
            authorizer.check(caller, action, resource, conditions);
            return null;
        } catch (RefusedException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.ACCESS_DENIED);
            return e.getMessage();
        }
    }

    private static Stream<JsonNode> cases(String name) throws IOException {
        try (var stream = AuthorizerTest.class.getResourceAsStream(name)) {
            var cases = JSON.readTree(Objects.requireNonNull(stream));
            assertThat(cases).hasSizeGreaterThan(40);
            return StreamSupport.stream(cases.spliterator(), false);
        }
    }
}
