package io.headrace.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies of 14 MiB there and back, in every way a client can bring them. */
final class LargeBodyTest {
    private static final int BODY_BYTES = 14 << 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private static byte[] body;
    private static TestFront front;
    private static TestCertificate certificate;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        body = new byte[BODY_BYTES];
        new Random(14).nextBytes(body);
        certificate = TestCertificate.create(directory);
        front = TestFront.startTls(certificate);
    }

    @AfterAll
    static void stop() {
        front.close();
    }

    @Test
    void overHttp1() throws Exception {
        try (var client = new RawHttp(front.port())) {
            client.send(
                    RawHttp.post("PutRecords", TestFront.CBOR)
                            + "Content-Length: "
                            + BODY_BYTES
                            + "\r\n\r\n");
            client.send(body);
            var head = client.headAnswer();
            assertThat(head.status()).isEqualTo(200);
            assertThat(client.read(BODY_BYTES)).isEqualTo(body);
        }
    }

    /** The JDK's client asks for an upgrade with its first request, whatever that is. */
    @Test
    void byUpgradeToH2c() throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            for (int i = 0; i < 3; i++) {
                var answer =
                        client.send(
                                post("http://127.0.0.1:" + front.port()),
                                BodyHandlers.ofByteArray());
                assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo(body);
            }
        }
    }

    @Test
    void overTlsByAlpn() throws Exception {
        try (var client = HttpClient.newBuilder().sslContext(trusting()).build()) {
            var answer =
                    client.send(
                            post("https://localhost:" + front.front.tlsPort().orElseThrow()),
                            BodyHandlers.ofByteArray());
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(answer.body()).isEqualTo(body);
        }
    }

    @Test
    void overTlsHttp1() throws Exception {
        try (var client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .sslContext(trusting())
                        .build()) {
            var answer =
                    client.send(
                            post("https://localhost:" + front.front.tlsPort().orElseThrow()),
                            BodyHandlers.ofByteArray());
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
            assertThat(answer.body()).isEqualTo(body);
        }
    }

    /** With a length, and without one. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void byPriorKnowledge(boolean announced) throws Exception {
        var vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        try {
            var client =
                    vertx.createHttpClient(
                            new HttpClientOptions()
                                    .setProtocolVersion(HttpVersion.HTTP_2)
                                    .setHttp2ClearTextUpgrade(false));
            var answer =
                    client.request(
                                    new RequestOptions()
                                            .setMethod(HttpMethod.POST)
                                            .setHost("127.0.0.1")
                                            .setPort(front.port())
                                            .putHeader("content-type", TestFront.CBOR)
                                            .putHeader(
                                                    "x-amz-target",
                                                    TestFront.TARGET + "PutRecords"))
                            .compose(request -> {
                                if (announced) {
                                    return request.send(Buffer.buffer(body));
                                }
                                var first = Buffer.buffer(body).slice(0, 1 << 20);
                                var rest = Buffer.buffer(body).slice(1 << 20, BODY_BYTES);
                                return request.write(first)
                                        .compose(written -> request.end(rest))
                                        .compose(ended -> request.response());
                            })
                            .compose(response -> {
                                assertThat(response.statusCode()).isEqualTo(200);
                                assertThat(response.version()).isEqualTo(HttpVersion.HTTP_2);
                                return response.body();
                            })
                            .toCompletionStage()
                            .toCompletableFuture()
                            .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            assertThat(answer.getBytes()).isEqualTo(body);
        } finally {
            vertx.close()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        }
        assertThat(front.front.load().inFlightBytes()).isZero();
    }

    private static HttpRequest post(String uri) {
        return HttpRequest.newBuilder(URI.create(uri))
                .timeout(TIMEOUT)
                .header("Content-Type", TestFront.CBOR)
                .header("X-Amz-Target", TestFront.TARGET + "PutRecords")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
    }

    private static SSLContext trusting() throws Exception {
        var trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("front", certificate.store().getCertificate("front"));
        var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}
