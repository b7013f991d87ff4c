package io.headrace.acceptance.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.acceptance.Distribution;
import io.headrace.acceptance.Tools;
import io.headrace.testkit.HeadraceNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.TlsTrustManagersProvider;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardResponseHandler;

/** A node with a certificate of its own, as clients that trust only that one see it. */
@Timeout(120)
class TlsTest {
    private static @TempDir Path directory = Path.of("");
    private static @Nullable Running running;

    private record Running(HeadraceNode node, TestCertificate certificate) {}

    @BeforeAll
    static void start() throws IOException, InterruptedException, GeneralSecurityException {
        Distribution.assumeBuilt();
        var certificate = TestCertificate.create(directory);
        running =
                new Running(
                        node(certificate.certificate(), certificate.key()).start(), certificate);
    }

    @AfterAll
    static void stop() {
        if (running != null) {
            running.node().close();
        }
    }

    private static Running running() {
        return Optional.ofNullable(running).orElseThrow();
    }

    private static HeadraceNode.Builder node(Path certificate, Path key) {
        return HeadraceNode.builder()
                .options("--tls-port", "0")
                .options("--tls-cert", certificate.toString(), "--tls-key", key.toString());
    }

    private static URI endpoint() {
        return running().node().tlsEndpoint().orElseThrow();
    }

    private static TrustManagerFactory trust() throws GeneralSecurityException {
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(running().certificate().store());
        return trust;
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void bothProtocolsAreAgreedOnByAlpn(HttpClient.Version version)
            throws IOException, InterruptedException, GeneralSecurityException {
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust().getTrustManagers(), null);
        try (var client = HttpClient.newBuilder().sslContext(context).version(version).build()) {
            var request = HttpRequest.newBuilder(endpoint().resolve("/health/ready")).build();
            var answer = client.send(request, BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.version()).isEqualTo(version);
        }
    }

    /** Puts, gets and is pushed; the SDK wants HTTP/2 by ALPN for all of it. */
    @Test
    void theAsynchronousSdkDoesAllOverTls() throws GeneralSecurityException {
        var http = NettyNioAsyncHttpClient.builder().tlsTrustManagersProvider(managers());
        try (var kinesis =
                KinesisAsyncClient.builder()
                        .httpClientBuilder(http)
                        .endpointOverride(endpoint())
                        .region(Region.US_EAST_1)
                        .credentialsProvider(
                                StaticCredentialsProvider.create(
                                        AwsBasicCredentials.create("test", "test")))
                        .build()) {
            kinesis.createStream(r -> r.streamName("secure").shardCount(1)).join();
            kinesis.waiter().waitUntilStreamExists(r -> r.streamName("secure")).join();
            var put =
                    kinesis.putRecord(r ->
                                    r.streamName("secure")
                                            .partitionKey("k")
                                            .data(SdkBytes.fromUtf8String("secret")))
                            .join();
            assertThat(pushed(kinesis, put.shardId()).data().asUtf8String()).isEqualTo("secret");
        }
    }

    private static TlsTrustManagersProvider managers() throws GeneralSecurityException {
        var managers = trust().getTrustManagers();
        return () -> managers;
    }

    private static Record pushed(KinesisAsyncClient kinesis, String shard) {
        var stream = kinesis.describeStreamSummary(r -> r.streamName("secure")).join();
        var arn = stream.streamDescriptionSummary().streamARN();
        var consumer =
                kinesis.registerStreamConsumer(r -> r.streamARN(arn).consumerName("c"))
                        .join()
                        .consumer()
                        .consumerARN();
        var first = new CompletableFuture<Record>();
        var handler =
                SubscribeToShardResponseHandler.builder()
                        .onError(first::completeExceptionally)
                        .subscriber(
                                SubscribeToShardResponseHandler.Visitor.builder()
                                        .onSubscribeToShardEvent(
                                                event -> event.records().forEach(first::complete))
                                        .build())
                        .build();
        var subscription =
                kinesis.subscribeToShard(
                        r ->
                                r.consumerARN(consumer)
                                        .shardId(shard)
                                        .startingPosition(p -> p.type("TRIM_HORIZON")),
                        handler);
        try {
            return first.join();
        } finally {
            subscription.cancel(true);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--http1.1", "--http2"})
    void curlTrustsTheCertificate(String protocol) throws IOException, InterruptedException {
        Tools.require("curl");
        var listed =
                Tools.run(
                        directory,
                        List.of(
                                "curl",
                                protocol,
                                "--silent",
                                "--show-error",
                                "--cacert",
                                running().certificate().certificate().toString(),
                                "--header",
                                "Content-Type: application/x-amz-json-1.1",
                                "--header",
                                "X-Amz-Target: Kinesis_20131202.ListStreams",
                                "--data",
                                "{}",
                                "--write-out",
                                " %{http_code} %{http_version}",
                                endpoint().toString()));
        assertThat(listed.output()).contains("StreamNames");
        assertThat(listed.output()).endsWith(protocol.equals("--http2") ? " 200 2" : " 200 1.1");
        var distrusted = Tools.run("curl", "--silent", endpoint().toString());
        assertThat(distrusted.status()).as("60: the certificate is not known").isEqualTo(60);
    }

    @Test
    void nodeJsTrustsTheCertificate() throws IOException, InterruptedException {
        Tools.require("node");
        var script =
                """
                import https from "node:https";
                const sent = https.request("%s", { method: "POST", headers: {
                    "content-type": "application/x-amz-json-1.1",
                    "x-amz-target": "Kinesis_20131202.ListStreams" } }, answer => {
                  console.log(answer.statusCode);
                  answer.pipe(process.stdout);
                });
                sent.end("{}");
                """
                        .formatted(endpoint());
        var file = Files.writeString(directory.resolve("list.mjs"), script);
        var listed =
                Tools.run(
                        directory,
                        List.of("node", file.toString()),
                        Map.of(
                                "NODE_EXTRA_CA_CERTS",
                                running().certificate().certificate().toString()));
        assertThat(listed.output()).startsWith("200\n").contains("StreamNames");
    }

    @Test
    void aFileThatIsNotThereIsNamedWithItsSetting() {
        var gone = directory.resolve("gone.pem");
        var certificate = running().certificate();
        startFails(
                node(gone, certificate.key()),
                "--tls-cert (command line): no readable file: " + gone);
        startFails(
                node(certificate.certificate(), gone),
                "--tls-key (command line): no readable file: " + gone);
    }

    @Test
    void aFileOfAnotherKindIsNamedWithItsSetting() {
        var certificate = running().certificate();
        startFails(
                node(certificate.key(), certificate.key()), "tls-cert " + certificate.key() + " ");
        startFails(
                node(certificate.certificate(), certificate.certificate()),
                "tls-key " + certificate.certificate() + " holds no PEM key");
    }

    @Test
    void theKeyOfAnotherCertificateStopsTheStart()
            throws IOException, InterruptedException, GeneralSecurityException {
        var other = TestCertificate.create(Files.createDirectory(directory.resolve("other")));
        var certificate = running().certificate().certificate();
        startFails(
                node(certificate, other.key()),
                "tls-key "
                        + other.key()
                        + " is not the key of the certificate in tls-cert "
                        + certificate);
    }

    private static void startFails(HeadraceNode.Builder builder, String why) {
        try (var node = builder.build()) {
            assertThatThrownBy(node::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("ended before it was ready")
                    .hasMessageContaining(why);
        }
    }
}
