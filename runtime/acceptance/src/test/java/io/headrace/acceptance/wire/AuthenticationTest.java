package io.headrace.acceptance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.Distribution;
import io.headrace.testkit.HeadraceNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node with identities: who is let in, and to what. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class AuthenticationTest {
    private static final String CONFIG =
            """
            account: "111111111111"
            identities:
              - keys:
                  - {id: ROOTKEYONE, secret: root-secret-one}
                  - {id: ROOTKEYTWO, secret: root-secret-two}
                  - {id: ROOTKEYOLD, secret: root-secret-old, active: false}
                  - {id: TEMPORARY, secret: temp-secret, session-token: the-token, expires: 2999-01-01T00:00:00Z}
                  - {id: GONEBY, secret: gone-secret, session-token: old-token, expires: 2001-01-01T00:00:00Z}
              - user: writer
                policies:
                  - Version: "2012-10-17"
                    Statement:
                      - {Effect: Allow, Action: "kinesis:Put*", Resource: "arn:aws:kinesis:us-east-1:111111111111:stream/open-*"}
                      - {Effect: Deny, Action: "kinesis:PutRecords", Resource: "*"}
                keys:
                  - {id: WRITERKEY, secret: writer-secret}
              - account: "222222222222"
                keys:
                  - {id: OTHERROOT, secret: other-secret}
            """;
    private static final byte[] NOTHING = "{}".getBytes(StandardCharsets.UTF_8);

    private final Instant now = InstantSource.system().instant();
    private @Nullable HeadraceNode started;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        Distribution.assumeBuilt();
        var config = directory.resolve("headrace.yaml");
        Files.writeString(config, CONFIG);
        started = HeadraceNode.builder().options("--config", config.toString()).start();
        as(
                "ROOTKEYONE",
                "root-secret-one",
                "CreateStream",
                "{'StreamName':'open-a','ShardCount':1}");
    }

    @AfterAll
    void stop() {
        if (started != null) {
            started.close();
        }
    }

    private Wire wire() {
        return new Wire(Objects.requireNonNull(started).endpoint());
    }

    private Signing signing(String keyId, String secret, @Nullable String token, Instant at) {
        return new Signing(wire().endpoint(), keyId, secret, token, at);
    }

    private Wire.Answer as(String keyId, String secret, String operation, String body) {
        var bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        var headers = Wire.headers(operation, Wire.JSON);
        var signed = signing(keyId, secret, null, now).header(headers, bytes);
        return wire().send("POST", "", signed, bytes);
    }

    private Wire.Answer root(String operation, String body) {
        return as("ROOTKEYONE", "root-secret-one", operation, body);
    }

    private Wire.Answer writer(String operation, String body) {
        return as("WRITERKEY", "writer-secret", operation, body);
    }

    private Wire.Answer list(Map<String, String> headers) {
        return wire().send("POST", "", headers, NOTHING);
    }

    private static Map<String, String> listing() {
        return Wire.headers("ListStreams", Wire.JSON);
    }

    private static void assertRefused(Wire.Answer answer, String type) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.type()).isEqualTo(type);
    }

    @Test
    void bothActiveKeysAreGoodAndARetiredOneIsUnknown() {
        assertThat(as("ROOTKEYONE", "root-secret-one", "ListStreams", "{}").status())
                .isEqualTo(200);
        assertThat(as("ROOTKEYTWO", "root-secret-two", "ListStreams", "{}").status())
                .isEqualTo(200);
        assertRefused(
                as("ROOTKEYOLD", "root-secret-old", "ListStreams", "{}"),
                "UnrecognizedClientException");
        assertRefused(as("NOBODY", "x", "ListStreams", "{}"), "UnrecognizedClientException");
    }

    @Test
    void noSignatureIsMissing() {
        var answer = list(listing());
        assertRefused(answer, "MissingAuthenticationTokenException");
        assertThat(answer.text())
                .isEqualTo(
                        "{\"__type\":\"MissingAuthenticationTokenException\",\"message\":\"Missing"
                                + " Authentication Token\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Credential=[^,]*, ", "SignedHeaders=[^,]*, ", ", Signature=.*"})
    void aPartLeftOutIsIncomplete(String part) {
        var headers =
                new TreeMap<>(
                        signing("ROOTKEYONE", "root-secret-one", null, now)
                                .header(listing(), NOTHING));
        headers.computeIfPresent("authorization", (_, value) -> value.replaceFirst(part, ""));
        assertRefused(list(headers), "IncompleteSignatureException");
    }

    @Test
    void aDateLeftOutIsIncomplete() {
        var headers =
                new TreeMap<>(
                        signing("ROOTKEYONE", "root-secret-one", null, now)
                                .header(listing(), NOTHING));
        headers.remove("x-amz-date");
        assertRefused(list(headers), "IncompleteSignatureException");
    }

    @Test
    void anythingTamperedWithIsInvalid() {
        var signing = signing("ROOTKEYONE", "root-secret-one", null, now);
        var invalid = "InvalidSignatureException";
        assertRefused(as("ROOTKEYONE", "wrong", "ListStreams", "{}"), invalid);
        var signed = signing.header(listing(), NOTHING);
        assertRefused(
                wire().send("POST", "", signed, "{ }".getBytes(StandardCharsets.UTF_8)), invalid);
        var target = new TreeMap<>(signed);
        target.put("x-amz-target", "Kinesis_20131202.DescribeLimits");
        assertRefused(list(target), invalid);
        var query = wire().send("POST", "?a=b", signed, NOTHING);
        assertRefused(query, invalid);
        // A header of the signed family that is not signed.
        var unsigned = new TreeMap<>(signed);
        unsigned.put("x-amz-extra", "1");
        assertRefused(list(unsigned), invalid);
    }

    @Test
    void fiveMinutesEitherWayAreTolerated() {
        var headers = listing();
        for (long seconds : new long[] {-240, 240}) {
            var at = InstantSource.system().instant().plusSeconds(seconds);
            var signed =
                    signing("ROOTKEYONE", "root-secret-one", null, at).header(headers, NOTHING);
            assertThat(list(signed).status()).isEqualTo(200);
        }
        for (long seconds : new long[] {-330, 330}) {
            var at = InstantSource.system().instant().plusSeconds(seconds);
            var signed =
                    signing("ROOTKEYONE", "root-secret-one", null, at).header(headers, NOTHING);
            assertRefused(list(signed), "InvalidSignatureException");
        }
    }

    @Test
    void aPresignedQueryIsAsGood() {
        var headers = listing();
        var query =
                signing("ROOTKEYONE", "root-secret-one", null, now).query(headers, NOTHING, 900);
        assertThat(wire().send("POST", query, headers, NOTHING).status()).isEqualTo(200);
        assertRefused(
                wire().send("POST", query, headers, "{ }".getBytes(StandardCharsets.UTF_8)),
                "InvalidSignatureException");
        assertRefused(
                wire().send(
                                "POST",
                                query.replaceFirst("Expires=900", "Expires=901"),
                                headers,
                                NOTHING),
                "InvalidSignatureException");
        assertRefused(
                wire().send("POST", query.replaceFirst("X-Amz-Date=[^&]*&", ""), headers, NOTHING),
                "IncompleteSignatureException");
        var old =
                signing("ROOTKEYONE", "root-secret-one", null, now.minusSeconds(600))
                        .query(headers, NOTHING, 60);
        assertRefused(wire().send("POST", old, headers, NOTHING), "InvalidSignatureException");
    }

    @Test
    void temporaryCredentialsNeedTheirTokenAndEnd() {
        var good = signing("TEMPORARY", "temp-secret", "the-token", now).header(listing(), NOTHING);
        assertThat(list(good).status()).isEqualTo(200);
        var wrong = signing("TEMPORARY", "temp-secret", "no-token", now).header(listing(), NOTHING);
        assertRefused(list(wrong), "UnrecognizedClientException");
        var none = signing("TEMPORARY", "temp-secret", null, now).header(listing(), NOTHING);
        assertRefused(list(none), "UnrecognizedClientException");
        var late = signing("GONEBY", "gone-secret", "old-token", now).header(listing(), NOTHING);
        assertRefused(list(late), "ExpiredTokenException");
    }

    @Test
    void aPolicyAllowsAndDenies() {
        var put = "{'StreamName':'open-a','PartitionKey':'k','Data':''}";
        assertThat(writer("PutRecord", put).status()).isEqualTo(200);
        assertRefused(
                writer(
                        "PutRecords",
                        "{'StreamName':'open-a','Records':[{'PartitionKey':'k','Data':''}]}"),
                "AccessDeniedException");
        assertRefused(writer("ListStreams", "{}"), "AccessDeniedException");
        assertRefused(writer("DescribeLimits", "{}"), "AccessDeniedException");
        // Allowed on what is not there: then it may be told so.
        assertRefused(
                writer("PutRecord", put.replace("open-a", "open-x")), "ResourceNotFoundException");
    }

    @Test
    void aDenialDoesNotTellWhetherTheStreamExists() {
        root("CreateStream", "{'StreamName':'closed-a','ShardCount':1}");
        var operations =
                Map.of(
                        "PutRecord", ",'PartitionKey':'k','Data':''}",
                        "DescribeStream", "}",
                        "DeleteStream", "}",
                        "ListShards", "}",
                        "GetShardIterator", ",'ShardId':'0','ShardIteratorType':'LATEST'}",
                        "AddTagsToStream", ",'Tags':{'a':'b'}}");
        operations.forEach((operation, rest) -> {
            var there = writer(operation, "{'StreamName':'closed-a'" + rest);
            var absent = writer(operation, "{'StreamName':'closed-x'" + rest);
            assertRefused(there, "AccessDeniedException");
            assertThat(absent.text()).isEqualTo(there.text().replace("closed-a", "closed-x"));
            assertThat(there.message())
                    .isEqualTo(
                            "User: arn:aws:iam::111111111111:user/writer is not authorized to"
                                    + " perform: kinesis:%s on resource: arn:aws:kinesis:us-east-1:111111111111:stream/closed-a because no identity-based policy allows the kinesis:%s action"
                                            .formatted(operation, operation));
        });
    }

    @Test
    void anotherAccountGetsInByArnAndResourcePolicyOnly() {
        root("CreateStream", "{'StreamName':'shared','ShardCount':1}");
        var arn = "arn:aws:kinesis:us-east-1:111111111111:stream/shared";
        var put = "{'StreamARN':'" + arn + "','PartitionKey':'k','Data':''}";
        assertRefused(as("OTHERROOT", "other-secret", "PutRecord", put), "AccessDeniedException");
        var policy =
                """
                {\\"Version\\":\\"2012-10-17\\",\\"Statement\\":[{\\"Effect\\":\\"Allow\\",\\"Principal\\":{\\"AWS\\":\\"222222222222\\"},\
                \\"Action\\":[\\"kinesis:PutRecord\\",\\"kinesis:GetShardIterator\\",\\"kinesis:GetRecords\\"],\\"Resource\\":\\"%s\\"}]}\
                """
                        .formatted(arn);
        var set =
                root(
                        "PutResourcePolicy",
                        "{'ResourceARN':'" + arn + "','Policy':'" + policy + "'}");
        assertThat(set.status()).as(set.text()).isEqualTo(200);
        assertThat(as("OTHERROOT", "other-secret", "PutRecord", put).status()).isEqualTo(200);
        assertRefused(
                as("OTHERROOT", "other-secret", "DeleteStream", "{'StreamARN':'" + arn + "'}"),
                "AccessDeniedException");
        // A name alone is one's own account's.
        assertRefused(
                as(
                        "OTHERROOT",
                        "other-secret",
                        "PutRecord",
                        "{'StreamName':'shared','PartitionKey':'k','Data':''}"),
                "ResourceNotFoundException");
        var iterator =
                as(
                                "OTHERROOT",
                                "other-secret",
                                "GetShardIterator",
                                "{'StreamARN':'"
                                        + arn
                                        + "','ShardId':'0','ShardIteratorType':'TRIM_HORIZON'}")
                        .body()
                        .path("ShardIterator")
                        .asText();
        var read = "{'ShardIterator':'" + iterator + "'}";
        assertThat(as("OTHERROOT", "other-secret", "GetRecords", read).body().path("Records"))
                .hasSize(1);
        // An iterator carries no rights.
        assertRefused(writer("GetRecords", read), "AccessDeniedException");
    }
}
