package io.headrace.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Upgrades to h2c, byte for byte; the JDK's client does one with 14 MiB in another test. */
final class UpgradeTest {
    private static TestFront front;

    @BeforeAll
    static void start() throws Exception {
        front = TestFront.start();
    }

    @AfterAll
    static void stop() {
        front.close();
    }

    /** The head of a POST that asks for an upgrade. */
    static String head(String more) {
        return RawHttp.post("PutRecords", TestFront.JSON)
                + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                + "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n"
                + more
                + "\r\n\r\n";
    }

    /** As curl does it: the protocol must not change before the body is sent. */
    @Test
    void continueComesFirstThenTheBodyThenTheUpgrade() throws Exception {
        try (var client = new RawHttp(front.port())) {
            var body = "x".repeat(200_000);
            client.send(head("Expect: 100-continue\r\nContent-Length: " + body.length()));
            assertThat(client.answer().status()).isEqualTo(100);
            client.send(body.substring(0, 100_000));
            // A request elsewhere, to be sure that the server has had time to answer too early.
            try (var other = new RawHttp(front.port())) {
                other.sendPost("PutRecords", "x").answer();
            }
            assertThat(client.nothingCame()).isTrue();
            client.send(body.substring(100_000));
            var switching = client.answer();
            assertThat(switching.status()).isEqualTo(101);
            assertThat(switching.headers()).containsEntry("upgrade", "h2c");
            try (var http2 = client.upgraded()) {
                assertThat(http2.nextHeaders().status()).hasToString("200");
                assertThat(bodyOf(http2)).isEqualTo(body);
                http2.post(3, "PutRecords", 2).data(3, true, new byte[] {'{', '}'});
                assertThat(http2.nextHeaders().status()).hasToString("200");
                assertThat(bodyOf(http2)).isEqualTo("{}");
            }
        }
        while (front.front.load().inFlightBytes() > 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void withoutABodyItIsImmediate() throws Exception {
        try (var client = new RawHttp(front.port())) {
            client.send(head("Content-Length: 0"));
            assertThat(client.answer().status()).isEqualTo(101);
            try (var http2 = client.upgraded()) {
                assertThat(http2.nextHeaders().status()).hasToString("200");
            }
        }
    }

    @Test
    void theSecondRequestOfAConnectionStaysOnHttp1() throws Exception {
        try (var client = new RawHttp(front.port())) {
            assertThat(client.sendPost("PutRecords", "1").answer().body()).isEqualTo("1");
            client.send(head("Content-Length: 1") + "2");
            var answer = client.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("2");
        }
    }

    @Test
    void aHeadThatComesByteByByteIsUnderstood() throws Exception {
        try (var client = new RawHttp(front.port())) {
            for (byte b : head("Content-Length: 2").getBytes(StandardCharsets.US_ASCII)) {
                client.send(new byte[] {b});
            }
            client.send("{").send("}");
            assertThat(client.answer().status()).isEqualTo(101);
        }
    }

    /** RFC 9113 has h2 chosen by ALPN there, and h2c in the clear alone. */
    @Test
    void insideTlsNothingIsUpgraded(@TempDir Path directory) throws Exception {
        var certificate = TestCertificate.create(directory);
        try (var secure = TestFront.startTls(certificate)) {
            int port = secure.front.tlsPort().orElseThrow();
            for (var body : new String[] {"", "1", "22"}) {
                try (var client = new RawHttp(port, certificate.trusted().getSocketFactory())) {
                    client.send(head("Content-Length: " + body.length()) + body);
                    var answer = client.answer();
                    assertThat(answer.status()).isEqualTo(200);
                    assertThat(answer.body()).isEqualTo(body);
                    assertThat(client.sendPost("PutRecords", "more").answer().body())
                            .isEqualTo("more");
                }
            }
        }
    }

    private static String bodyOf(RawHttp2 http2) throws Exception {
        var body = Buffer.buffer();
        var frame = http2.next(RawHttp2.DATA);
        while (!frame.endsStream()) {
            body.appendBuffer(frame.payload());
            enlarge(http2, frame.payload().length());
            frame = http2.next(RawHttp2.DATA);
        }
        return body.appendBuffer(frame.payload()).toString();
    }

    private static void enlarge(RawHttp2 http2, int bytes) throws Exception {
        if (bytes > 0) {
            var more = Buffer.buffer().appendInt(bytes).getBytes();
            http2.frame(RawHttp2.WINDOW_UPDATE, 0, 0, more);
        }
    }
}
