package io.headrace.router.auth;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.headrace.router.wire.WireException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/** Requests signed by the AWS SDK's own signer; its parts can be changed afterwards. */
final class Signed {
    static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
    static final String ACCOUNT = "111122223333";
    static final String KEY = "AKIDINGEST";
    static final String SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    static final Identity INGEST =
            Identity.user(KEY, Secret.of(SECRET), ACCOUNT, "ingest", List.of(Policy.allowAll()));

    String method = "POST";
    String path = "/";
    @Nullable String query;
    List<Map.Entry<String, String>> headers = new ArrayList<>();
    byte[] body = new byte[0];

    /** What to sign; every member has a default. */
    static final class Signer {
        String key = KEY;
        String secret = SECRET;
        @Nullable String token;
        String region = "us-east-1";
        String service = "kinesis";
        Instant at = NOW;
        URI uri = URI.create("http://127.0.0.1:4566/");
        String method = "POST";
        Map<String, List<String>> headers =
                Map.of(
                        "X-Amz-Target", List.of("Kinesis_20131202.PutRecord"),
                        "Content-Type", List.of("application/x-amz-json-1.1"));
        byte[] body = "{\"StreamName\":\"clicks\"}".getBytes(StandardCharsets.UTF_8);
        @Nullable Duration presignedFor;

        Signed sign() {
            var request =
                    SdkHttpFullRequest.builder()
                            .method(SdkHttpMethod.fromValue(method))
                            .uri(uri)
                            .headers(headers)
                            .build();
            AwsCredentialsIdentity credentials =
                    token == null
                            ? AwsCredentialsIdentity.create(key, secret)
                            : AwsSessionCredentialsIdentity.create(key, secret, token);
            var signed =
                    AwsV4HttpSigner.create()
                            .sign(sign -> {
                                sign.identity(credentials)
                                        .request(request)
                                        .payload(ContentStreamProvider.fromByteArray(body))
                                        .putProperty(
                                                HttpSigner.SIGNING_CLOCK,
                                                Clock.fixed(at, ZoneOffset.UTC))
                                        .putProperty(
                                                AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, service)
                                        .putProperty(AwsV4HttpSigner.REGION_NAME, region);
                                if (presignedFor != null) {
                                    sign.putProperty(
                                                    AwsV4FamilyHttpSigner.AUTH_LOCATION,
                                                    AwsV4FamilyHttpSigner.AuthLocation.QUERY_STRING)
                                            .putProperty(
                                                    AwsV4FamilyHttpSigner.EXPIRATION_DURATION,
                                                    presignedFor);
                                }
                            });
            var result = new Signed();
            result.take(signed.request());
            result.body = signed.payload().map(Signer::bytes).orElse(body);
            return result;
        }

        private static byte[] bytes(ContentStreamProvider provider) {
            try (var stream = provider.newStream()) {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void take(SdkHttpRequest request) {
        method = request.method().name();
        path = request.encodedPath().isEmpty() ? "/" : request.encodedPath();
        query = request.encodedQueryParameters().orElse(null);
        request.headers()
                .forEach((name, values) -> values.forEach(v -> headers.add(Map.entry(name, v))));
    }

    String header(String name) {
        return headers.stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow()
                .getValue();
    }

    Signed with(String name, String value) {
        without(name);
        headers.add(Map.entry(name, value));
        return this;
    }

    Signed without(String name) {
        headers.removeIf(header -> header.getKey().equalsIgnoreCase(name));
        return this;
    }

    Signed replaceInAuthorization(String regex, String replacement) {
        return with("Authorization", header("Authorization").replaceFirst(regex, replacement));
    }

    SignedRequest request() {
        return new SignedRequest(method, path, query, headers, ByteBuffer.wrap(body));
    }

    static SigV4Authenticator authenticator(Instant now, Identity... identities) {
        var known = Identities.of(List.of(identities));
        return new SigV4Authenticator(() -> known, SigV4Settings.kinesis("us-east-1"), () -> now);
    }

    /** The refusal's message, once its type and status are checked. */
    static String refused(SigV4Authenticator by, Signed signed, String type) {
        var message = new String[1];
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(() -> by.authenticate(signed.request()))
                .returns(type, WireException::type)
                .returns(400, WireException::status)
                .satisfies(e -> message[0] = String.valueOf(e.getMessage()));
        return message[0];
    }
}
