package io.headrace.cluster.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.cluster.Batches;
import io.headrace.cluster.TestCluster;
import io.headrace.store.shard.AppendResult;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Between nodes that prove themselves, and with nobody else. */
class BusTlsTest {
    private static final String PASSWORD = "changeit";

    @TempDir private Path dir;

    @Test
    void onlyWhoProvesItselfIsTalkedTo() throws Exception {
        var store = certificate();
        try (var cluster = new TestCluster(2, Optional.of(pem(store)))) {
            var there = cluster.nodes.getLast();
            assertThat(
                            cluster.nodes
                                    .getFirst()
                                    .shards
                                    .append(cluster.shardOf(there), Batches.of("a"))
                                    .join())
                    .isInstanceOf(AppendResult.Committed.class);
            int port = there.cluster.member().settings().bus().port();
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            var stranger = SSLContext.getInstance("TLS");
            stranger.init(null, trust.getTrustManagers(), null);
            try (var socket = stranger.getSocketFactory().createSocket("127.0.0.1", port)) {
                socket.setSoTimeout(30_000);
                assertThatThrownBy(
                                () -> {
                                    socket.getOutputStream().write(new byte[] {0, 0, 0, 1, 0});
                                    if (socket.getInputStream().read() < 0) {
                                        throw new IOException("closed");
                                    }
                                })
                        .isInstanceOf(IOException.class)
                        .isNotInstanceOf(SocketTimeoutException.class);
            }
        }
    }

    private KeyStore certificate() throws Exception {
        var file = dir.resolve("store.p12");
        var log = dir.resolve("keytool.log");
        var keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "node",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=localhost",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                file.toString(),
                                "-storepass",
                                PASSWORD)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            throw new IOException("keytool: " + Files.readString(log));
        }
        return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    }

    private BusTls pem(KeyStore store) throws Exception {
        var chain = pem("CERTIFICATE", store.getCertificate("node").getEncoded());
        var key = store.getKey("node", PASSWORD.toCharArray());
        return new BusTls(chain, pem("PRIVATE KEY", key.getEncoded()), chain);
    }

    private Path pem(String kind, byte[] encoded) throws IOException {
        var base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
        return Files.writeString(
                dir.resolve(kind.replace(' ', '-') + ".pem"),
                "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(kind, base64, kind));
    }
}
