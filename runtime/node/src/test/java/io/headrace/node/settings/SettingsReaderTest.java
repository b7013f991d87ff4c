package io.headrace.node.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.headrace.node.settings.Settings.Limits;
import io.headrace.router.auth.Identity;
import io.headrace.router.auth.Policy;
import io.headrace.router.auth.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsReaderTest {
    private static final String INGEST = "arn:aws:iam::000000000042:user/ingest";

    @TempDir Path directory;

    @Test
    void defaultsAreALoopbackNodeWithoutCredentials() throws Exception {
        var settings = read(Map.of(), Map.of());

        assertThat(settings.listen())
                .isEqualTo(new Settings.Listen("127.0.0.1", 4566, Optional.empty(), false));
        assertThat(settings.aws())
                .isEqualTo(
                        new Settings.Aws("000000000000", "us-east-1", Limits.NONE, Duration.ZERO));
        assertThat(settings.identities()).isEmpty();
        assertThat(settings.tracing().endpoint()).isEmpty();
    }

    @Test
    void commandLineBeatsEnvironmentBeatsFileBeatsDefault() throws Exception {
        var file = file("port: 1\nregion: eu-west-1\naccount: 000000000042\nlimits: aws\n");
        var environment = Map.of("HEADRACE_PORT", "2", "HEADRACE_REGION", "eu-west-2");

        var reading = SettingsReader.read(Map.of(Keys.PORT, "3"), environment, Optional.of(file));

        assertThat(reading.settings().listen().port()).isEqualTo(3);
        assertThat(reading.settings().aws())
                .isEqualTo(
                        new Settings.Aws("000000000042", "eu-west-2", Limits.AWS, Duration.ZERO));
        assertThat(reading.values())
                .contains(
                        new EffectiveValue(Keys.PORT, "3", "command line"),
                        new EffectiveValue(Keys.REGION, "eu-west-2", "environment"),
                        new EffectiveValue(Keys.LIMITS, "aws", "headrace.yaml line 4"),
                        new EffectiveValue(Keys.HOST, "127.0.0.1", "default"));
    }

    @Test
    void allProblemsOfAllSourcesAreToldTogether() throws Exception {
        var file =
                file(
                        """
                        prot: 4566
                        log:
                          format: loud
                          colour: red
                        account: 42
                        identities:
                          - user: ingest
                            keys:
                              - {id: AKIA1, secrte: x}
                        """);
        var environment = Map.of("HEADRACE_REGON", "x", "HEADRACE_DRAIN", "10", "PATH", "/bin");

        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() ->
                        SettingsReader.read(
                                Map.of(Keys.PORT, "65536", Keys.TLS_PORT, "1"),
                                environment,
                                Optional.of(file)))
                .satisfies(refusal ->
                        assertThat(refusal.problems())
                                .extracting(Problem::toString)
                                .containsExactlyInAnyOrder(
                                        "prot (headrace.yaml line 1): is unknown; did you"
                                                + " mean port?",
                                        "log.format (headrace.yaml line 3): must be one of"
                                                + " auto, text, json, not 'loud'",
                                        "log.colour (headrace.yaml line 4): is unknown",
                                        "account (headrace.yaml line 5): must be twelve"
                                                + " digits, not '42'",
                                        "identities[0].keys[0].secrte (headrace.yaml line"
                                                + " 9): is unknown",
                                        "identities[0].keys[0].secret (headrace.yaml line"
                                                + " 9): is missing",
                                        "identities[0].policies (headrace.yaml line 7): must be a list of one or more: without a policy a user may do nothing",
                                        "HEADRACE_REGON (environment): is unknown; did you"
                                                + " mean HEADRACE_REGION?",
                                        "HEADRACE_DRAIN (environment): must be a time with"
                                                + " its unit (ms, s, m, h, d) such as 500ms"
                                                + " or 5s, not '10'",
                                        "--port (command line): must be a port, 0 to"
                                                + " 65535, not '65536'",
                                        "--tls-port (command line): tls-port, tls-cert and"
                                                + " tls-key are needed together"));
    }

    @Test
    void launcherNamesInTheEnvironmentAreNotSettings() throws Exception {
        var settings =
                read(Map.of(), Map.of("HEADRACE_JAVA_OPTS", "-Xmx1g", "HEADRACE_HOME", "/opt/x"));

        assertThat(settings.listen().port()).isEqualTo(4566);
    }

    @Test
    void identitiesCarryKeysPoliciesAndExpiry() throws Exception {
        var file =
                file(
                        """
                        account: "111122223333"
                        identities:
                          - user: ingest
                            account: 000000000042
                            policies:
                              - Version: "2012-10-17"
                                Statement:
                                  - {Effect: Allow, Action: "kinesis:Put*", Resource: "*", Condition: {Bool: {"aws:SecureTransport": true}}}
                              - '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'
                            keys:
                              - {id: AKIA1, secret: s1}
                              - {id: ASIA2, secret: s2, session-token: t, expires: "2030-01-01T00:00:00Z"}
                              - {id: AKIA3, secret: s3, active: false}
                          - keys: [{id: AKIA4, secret: s4}]
                        """);

        var identities =
                SettingsReader.read(Map.of(), Map.of(), Optional.of(file)).settings().identities();

        assertThat(identities)
                .extracting(
                        Identity::accessKeyId,
                        Identity::secret,
                        Identity::accountId,
                        Identity::principalArn,
                        identity -> identity.policies().size(),
                        Identity::active,
                        Identity::session)
                .containsExactly(
                        tuple("AKIA1", Secret.of("s1"), "000000000042", INGEST, 2, true, null),
                        tuple(
                                "ASIA2",
                                Secret.of("s2"),
                                "000000000042",
                                INGEST,
                                2,
                                true,
                                new Identity.Session(
                                        Secret.of("t"), Instant.parse("2030-01-01T00:00:00Z"))),
                        tuple("AKIA3", Secret.of("s3"), "000000000042", INGEST, 2, false, null),
                        tuple(
                                "AKIA4",
                                Secret.of("s4"),
                                "111122223333",
                                "arn:aws:iam::111122223333:root",
                                0,
                                true,
                                null));
        assertThat(identities.toString()).doesNotContain("s1");
    }

    @Test
    void aPolicyFromYamlIsTheSameAsFromJson() throws Exception {
        var keys = "\n    keys: [{id: A, secret: s}]\n";
        var yaml =
                file(
                        "identities:\n  - user: u\n    policies: [{Version: \"2012-10-17\", Statement:"
                                + " [{Effect: Deny, Action: [\"kinesis:*\"], Resource: \"*\"}]}]"
                                + keys);
        var fromYaml = policies(yaml);
        var json =
                file(
                        "identities:\n  - user: u\n    policies: ['{\"Version\":\"2012-10-17\",\"Statement\":"
                                + "[{\"Effect\":\"Deny\",\"Action\":[\"kinesis:*\"],\"Resource\":\"*\"}]}']"
                                + keys);

        assertThat(fromYaml).hasToString(policies(json).toString()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // Not leave to do everything, and not silently nothing.
                "{user: u, policies: [], keys: [{id: A, secret: s}]}|identities[0].policies",
                "{user: u, keys: [{id: A, secret: s}]}|identities[0].policies",
                "{policies: [x], keys: [{id: A, secret: s}]}|identities[0].policies",
                "{user: u, policies: ['{'], keys: [{id: A, secret: s}]}|identities[0].policies[0]",
                "{keys: [{id: A, secret: s, session-token: t}]}|identities[0].keys[0]",
                "{keys: [{id: A, secret: s}, {id: B, secret: s}, {id: C, secret: s}]}|identities",
                "{keys: [{id: A, secret: s}, {id: A, secret: s}]}|identities",
                "{keys: []}|identities[0].keys",
                "u|identities[0]",
            })
    void wrongIdentitiesAreNamed(String identity, String key) throws Exception {
        assertRefused(file("identities:\n  - " + identity + "\n"), key);
    }

    @Test
    void listeningBeyondLoopbackNeedsCredentialsOrAWord() throws Exception {
        var open = Map.<Key<?>, String>of(Keys.HOST, "0.0.0.0");

        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> read(open, Map.of()))
                .withMessageContaining("--host")
                .withMessageContaining("insecure-bind");
        assertThat(
                        read(Map.of(Keys.HOST, "0.0.0.0", Keys.INSECURE_BIND, "true"), Map.of())
                                .listen())
                .matches(Settings.Listen::insecureBind);
        var credentials =
                Map.of("HEADRACE_ACCESS_KEY_ID", "AKIA1", "HEADRACE_SECRET_ACCESS_KEY", "s1");
        assertThat(read(open, credentials).identities())
                .containsExactly(Identity.root("AKIA1", Secret.of("s1"), "000000000000"));
    }

    @Test
    void secretsAreMaskedAndWrongOnesNotRepeated() throws Exception {
        var environment =
                Map.of("HEADRACE_ACCESS_KEY_ID", "A", "HEADRACE_SECRET_ACCESS_KEY", "hush");

        var reading = SettingsReader.read(Map.of(), environment, Optional.empty());

        assertThat(reading.toString()).doesNotContain("hush");
        assertThat(reading.values())
                .contains(new EffectiveValue(Keys.SECRET_ACCESS_KEY, Layers.MASK, "environment"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "port: [1, 2]|port",
                "port:|port",
                "log: text|log",
                "- a|config",
                "a: b: c|config",
                "port: 1\\nport: 2|config",
                "port: 1\\n---\\nport: 2|config",
                "identities: {}|identities",
            })
    void brokenFilesAreNamed(String yaml, String key) throws Exception {
        assertRefused(file(yaml.replace("\\n", "\n")), key);
    }

    @Test
    void aMissingFileIsAProblemAndAnEmptyOneIsNone() throws Exception {
        assertRefused(directory.resolve("absent.yaml"), "config");
        assertThat(
                        SettingsReader.read(Map.of(), Map.of(), Optional.of(file("# nothing\n")))
                                .settings()
                                .listen()
                                .port())
                .isEqualTo(4566);
    }

    @Test
    void everyKeyHasItsOwnOptionAndEnvironmentName() {
        assertThat(Keys.all()).extracting(Key::name).doesNotHaveDuplicates();
        assertThat(Keys.all()).extracting(Key::environmentName).doesNotHaveDuplicates();
        assertThat(Keys.all()).extracting(Key::optionName).doesNotHaveDuplicates();
    }

    private static void assertRefused(Path file, String... keys) {
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> SettingsReader.read(Map.of(), Map.of(), Optional.of(file)))
                .satisfies(refusal ->
                        assertThat(refusal.problems())
                                .extracting(Problem::key)
                                .containsExactlyInAnyOrder(keys));
    }

    private static Settings read(Map<Key<?>, String> options, Map<String, String> environment)
            throws SettingsException {
        return SettingsReader.read(options, environment, Optional.empty()).settings();
    }

    private static List<Policy> policies(Path file) throws SettingsException {
        return SettingsReader.read(Map.of(), Map.of(), Optional.of(file))
                .settings()
                .identities()
                .getFirst()
                .policies();
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(directory.resolve("headrace.yaml"), yaml);
    }
}
