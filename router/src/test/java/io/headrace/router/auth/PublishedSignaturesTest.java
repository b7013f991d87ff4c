package io.headrace.router.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.router.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that others signed: AWS's published test suite and botocore. */
class PublishedSignaturesTest {
    @ParameterizedTest(name = "{0}")
    @MethodSource("awsSuite")
    void acceptsAwsSuite(String name, SignedRequest request) {
        var authenticator =
                authenticator(
                        "us-east-1",
                        "service",
                        "AKIDEXAMPLE",
                        "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                        request.header("x-amz-security-token").stream().findFirst().orElse(null),
                        Instant.parse("2015-08-30T12:36:00Z"));
        assertThat(authenticator.authenticate(request).userName()).isEqualTo("someone");
    }

    static Stream<Arguments> awsSuite() throws IOException {
        var cases = new ArrayList<Arguments>();
        for (var text : resource("aws-sigv4-suite.txt").split("(?m)^=== ", -1)) {
            if (!text.startsWith("#")) {
                int line = text.indexOf('\n');
                cases.add(
                        Arguments.of(
                                text.substring(0, line), httpRequest(text.substring(line + 1))));
            }
        }
        assertThat(cases).hasSizeGreaterThan(20);
        return cases.stream();
    }

    private static SignedRequest httpRequest(String text) {
        // One char per byte, as a server reads it.
        var bytes = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        int end = bytes.indexOf("\n\n");
        var lines = List.of(bytes.substring(0, end).split("\n", -1));
        var requestLine = lines.getFirst();
        var target =
                requestLine.substring(requestLine.indexOf(' ') + 1, requestLine.lastIndexOf(' '));
        int question = target.indexOf('?');
        var headers = new ArrayList<Map.Entry<String, String>>();
        for (var line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(':');
            headers.add(Map.entry(line.substring(0, colon), line.substring(colon + 1)));
        }
        return new SignedRequest(
                requestLine.substring(0, requestLine.indexOf(' ')),
                question < 0 ? target : target.substring(0, question),
                question < 0 ? null : target.substring(question + 1),
                headers,
                ByteBuffer.wrap(
                        bytes.substring(end + 2).strip().getBytes(StandardCharsets.ISO_8859_1)));
    }

    @ParameterizedTest(name = "request {0}")
    @MethodSource("botocore")
    void acceptsBotocore(int index, JsonNode file, JsonNode node) {
        var authenticator =
                authenticator(
                        file.get("region").asText(),
                        "kinesis",
                        file.get("accessKeyId").asText(),
                        file.get("secret").asText(),
                        node.get("token").asBoolean() ? file.get("token").asText() : null,
                        Instant.parse(file.get("signedAt").asText()));
        var body = Base64.getDecoder().decode(node.get("body").asText());
        assertThat(authenticator.authenticate(request(node, body)).userName()).isEqualTo("someone");

        var otherBody = (node.get("body").asText() + "!").getBytes(StandardCharsets.UTF_8);
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(() -> authenticator.authenticate(request(node, otherBody)))
                .returns("InvalidSignatureException", WireException::type);
    }

    static Stream<Arguments> botocore() throws IOException {
        var file = new ObjectMapper().readTree(resource("botocore-requests.json"));
        var requests = StreamSupport.stream(file.get("requests").spliterator(), false).toList();
        assertThat(requests).hasSize(48);
        return java.util.stream.IntStream.range(0, requests.size())
                .mapToObj(i -> Arguments.of(i, file, requests.get(i)));
    }

    private static SignedRequest request(JsonNode node, byte[] body) {
        var headers = new ArrayList<Map.Entry<String, String>>();
        node.get("headers")
                .forEach(h -> headers.add(Map.entry(h.get(0).asText(), h.get(1).asText())));
        var query = node.get("query");
        return new SignedRequest(
                "POST",
                node.get("path").asText(),
                query.isNull() ? null : query.asText(),
                headers,
                ByteBuffer.wrap(body));
    }

    private static SigV4Authenticator authenticator(
            String region,
            String service,
            String key,
            String secret,
            @Nullable String token,
            Instant now) {
        var session =
                token == null ? null : new Identity.Session(Secret.of(token), now.plusSeconds(1));
        var identities =
                Identities.of(
                        List.of(
                                new Identity(
                                        key,
                                        Secret.of(secret),
                                        "111122223333",
                                        "arn:aws:iam::111122223333:user/someone",
                                        List.of(),
                                        true,
                                        session)));
        return new SigV4Authenticator(
                () -> identities,
                new SigV4Settings(
                        Set.of(region), Set.of(service), Duration.ofMinutes(5), Duration.ofDays(7)),
                () -> now);
    }

    private static String resource(String name) throws IOException {
        try (var stream = PublishedSignaturesTest.class.getResourceAsStream(name)) {
            return new String(
                    Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
