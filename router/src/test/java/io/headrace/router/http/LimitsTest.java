package io.headrace.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.router.http.TestFront.Deadline;
import io.headrace.router.wire.WireFormat;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What a client may not do, and that the node holds no more than it may while it tries. */
final class LimitsTest {
    private static final Duration HASTE = Duration.ofMillis(200);
    private static final int BODY_BYTES_MAX = 64 << 10;
    private static final long HELD_BYTES_MAX =
            HttpLimits.heldBytes(WireFormat.JSON, BODY_BYTES_MAX);

    @Test
    void aBodyThatSaysItIsTooLongIsRefusedBeforeItComes() throws Exception {
        try (var front = TestFront.start();
                var client = new RawHttp(front.port())) {
            client.send(
                    RawHttp.post("PutRecords", TestFront.JSON)
                            + "Content-Length: 99999999999\r\n\r\n");
            var answer = client.answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.headers()).containsEntry("connection", "close");
            assertThat(client.closedByServer()).isTrue();
        }
    }

    @Test
    void aBodyThatBecomesTooLongIsRefused() throws Exception {
        try (var front = TestFront.start(TestFront.bounded(BODY_BYTES_MAX, 1 << 20, 100));
                var client = new RawHttp(front.port())) {
            client.send(
                    RawHttp.post("PutRecords", TestFront.JSON)
                            + "Transfer-Encoding: chunked\r\n\r\n");
            var chunk = "2000\r\n" + "x".repeat(0x2000) + "\r\n";
            for (int i = 0; i < 10; i++) {
                client.send(chunk);
            }
            assertThat(client.answer().status()).isEqualTo(413);
            assertThat(client.closedByServer()).isTrue();
            assertThat(front.front.load().inFlightBytes()).isZero();
        }
    }

    @Test
    void aLongestBodyIsNotTooLong() throws Exception {
        try (var front = TestFront.start(TestFront.bounded(BODY_BYTES_MAX, 1 << 20, 100));
                var client = new RawHttp(front.port())) {
            var body = "x".repeat(BODY_BYTES_MAX);
            assertThat(client.sendPost("PutRecords", body).answer().body()).isEqualTo(body);
            assertThat(client.sendPost("PutRecords", body + "x").answer().status()).isEqualTo(413);
        }
    }

    @Test
    void anHttp2StreamWithTooLongABodyEndsAndTheConnectionGoesOn() throws Exception {
        try (var front = TestFront.start(TestFront.bounded(BODY_BYTES_MAX, 1 << 20, 100));
                var client = new RawHttp2(front.port())) {
            client.post(1, "PutRecords", BODY_BYTES_MAX + 1);
            assertThat(client.nextHeaders().status()).hasToString("413");
            assertThat(client.next(RawHttp2.RST_STREAM).errorCode()).isZero();
            client.post(3, "PutRecords", 2).data(3, true, new byte[] {'{', '}'});
            assertThat(client.nextHeaders().status()).hasToString("200");
        }
    }

    @Test
    void aSlowHeadIsCutOff() throws Exception {
        try (var front = TestFront.start(TestFront.hasty(Deadline.HEADER, HASTE));
                var first = new RawHttp(front.port());
                var second = new RawHttp(front.port())) {
            first.send("POST / HTTP/1.1\r\nHos");
            assertThat(dripped(first, "X-Slow: 1\r\n")).isTrue();
            second.sendPost("PutRecords", "{}").answer();
            second.send("POST ");
            assertThat(dripped(second, "x")).isTrue();
        }
    }

    /** Sends a little every now and then until the server has had enough. */
    private static boolean dripped(RawHttp client, String drop) throws Exception {
        var closed = CompletableFuture.supplyAsync(client::closedByServer);
        while (!closed.isDone()) {
            try {
                client.send(drop);
            } catch (IOException e) {
                break;
            }
            closed.completeOnTimeout(false, 30, TimeUnit.SECONDS);
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
        return closed.get();
    }

    @Test
    void aSlowBodyIsCutOff() throws Exception {
        try (var front = TestFront.start(TestFront.hasty(Deadline.BODY, HASTE));
                var client = new RawHttp(front.port())) {
            client.send(
                    RawHttp.post("PutRecords", TestFront.JSON) + "Content-Length: 1000000\r\n\r\n");
            assertThat(dripped(client, "x")).isTrue();
            var logged = TestFront.taken(front.log);
            assertThat(logged.status()).isEqualTo(RequestLog.CLIENT_GONE);
            assertThat(front.front.load().inFlightBytes()).isZero();
        }
    }

    @Test
    void anIdleConnectionIsClosed() throws Exception {
        try (var front = TestFront.start(TestFront.hasty(Deadline.IDLE, HASTE));
                var silent = new RawHttp(front.port());
                var used = new RawHttp(front.port());
                var http2 = new RawHttp2(front.port())) {
            assertThat(used.sendPost("PutRecords", "{}").answer().status()).isEqualTo(200);
            assertThat(used.closedByServer()).isTrue();
            assertThat(silent.closedByServer()).isTrue();
            assertThat(http2.next(RawHttp2.GOAWAY).errorCode()).isZero();
            assertThat(http2.closedByServer()).isTrue();
        }
    }

    @Test
    void anUnfinishedHttp2PrefaceIsCutOff() throws Exception {
        try (var front = TestFront.start(TestFront.hasty(Deadline.HEADER, HASTE));
                var client = new RawHttp(front.port())) {
            client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            assertThat(dripped(client, "\0")).isTrue();
        }
    }

    @Test
    void anAnswerNobodyReadsIsCutOff() throws Exception {
        try (var front = TestFront.start(TestFront.hasty(Deadline.ANSWER, HASTE));
                var client = new RawHttp2(front.port())) {
            // The client's window is 64 KiB and it never enlarges it.
            int length = 1 << 20;
            client.post(1, "PutRecords", length);
            for (int sent = 0; sent < length; sent += 16 << 10) {
                client.data(1, sent + (16 << 10) >= length, new byte[16 << 10]);
            }
            assertThat(client.next(RawHttp2.RST_STREAM).stream()).isEqualTo(1);
            assertThat(TestFront.taken(front.log).status()).isEqualTo(RequestLog.CLIENT_GONE);
            assertThat(front.front.load().inFlightBytes()).isZero();
        }
    }

    @Test
    void oneConnectionTooManyIsClosed() throws Exception {
        try (var front = TestFront.start(TestFront.bounded(1 << 20, 4 << 20, 3))) {
            var open = new ArrayList<RawHttp>();
            for (int i = 0; i < 3; i++) {
                var client = new RawHttp(front.port());
                open.add(client);
                assertThat(client.sendPost("PutRecords", "x").answer().status()).isEqualTo(200);
            }
            try (var surplus = new RawHttp(front.port())) {
                assertThat(surplus.closedByServer()).isTrue();
            }
            assertThat(front.front.load().connectionsRefused()).isEqualTo(1);
            assertThat(open.getFirst().sendPost("PutRecords", "y").answer().body()).isEqualTo("y");
            for (var client : open) {
                client.close();
            }
        }
    }

    @Test
    void tooLongAHeadIsRefused() throws Exception {
        try (var front = TestFront.start();
                var client = new RawHttp(front.port())) {
            client.send("POST / HTTP/1.1\r\nX: " + "x".repeat(40_000));
            assertThat(client.answer().status()).isEqualTo(431);
            assertThat(client.closedByServer()).isTrue();
        }
    }

    @Test
    void bodiesWaitForTheirShareAndThenGoOn() throws Exception {
        // Room for two bodies; the two first requests hold it until they are answered.
        long room = 2 * HELD_BYTES_MAX;
        try (var front = TestFront.start(TestFront.bounded(BODY_BYTES_MAX, room, 100));
                var first = new RawHttp(front.port());
                var second = new RawHttp(front.port());
                var third = new RawHttp(front.port())) {
            var body = "x".repeat(BODY_BYTES_MAX);
            first.sendPost("PutRecord", body);
            second.sendPost("PutRecord", body);
            var firstAnswer = TestFront.taken(front.pending);
            var secondAnswer = TestFront.taken(front.pending);
            third.sendPost("PutRecords", body);
            while (front.front.load().requestsWaiting() == 0) {
                Thread.onSpinWait();
            }
            assertThat(front.front.load().inFlightBytes()).isEqualTo(room);
            firstAnswer.complete(Buffer.buffer("1"));
            assertThat(third.answer().body()).isEqualTo(body);
            secondAnswer.complete(Buffer.buffer("2"));
            assertThat(first.answer().status()).isEqualTo(200);
            assertThat(second.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void aBodyThatWaitsTooLongForItsShareIsRefused() throws Exception {
        long room = HELD_BYTES_MAX;
        try (var front =
                        TestFront.start(limits ->
                                TestFront.hasty(Deadline.ADMISSION, HASTE)
                                        .apply(
                                                TestFront.bounded(BODY_BYTES_MAX, room, 100)
                                                        .apply(limits)));
                var first = new RawHttp(front.port());
                var second = new RawHttp(front.port());
                var http2 = new RawHttp2(front.port())) {
            var body = "x".repeat(BODY_BYTES_MAX);
            first.sendPost("PutRecord", body);
            var answer = TestFront.taken(front.pending);
            second.sendPost("PutRecords", body);
            assertThat(second.answer().status()).isEqualTo(503);
            http2.post(1, "PutRecords", BODY_BYTES_MAX);
            assertThat(http2.nextHeaders().status()).hasToString("503");
            answer.complete(Buffer.buffer("1"));
            assertThat(first.answer().status()).isEqualTo(200);
            // Its connection reads again.
            http2.post(3, "PutRecords", 2).data(3, true, "ok".getBytes(StandardCharsets.US_ASCII));
            assertThat(http2.nextHeaders().status()).hasToString("200");
        }
    }

    @Test
    void aLongBodyThatAsksForAnUpgradeIsRefusedOverHttp1() throws Exception {
        try (var front = TestFront.start(TestFront.bounded(BODY_BYTES_MAX, 1 << 20, 100));
                var client = new RawHttp(front.port());
                var chunked = new RawHttp(front.port())) {
            client.send(UpgradeTest.head("Content-Length: " + (BODY_BYTES_MAX + 1)));
            assertThat(client.answer().status()).isEqualTo(413);
            chunked.send(UpgradeTest.head("Transfer-Encoding: chunked"));
            chunked.send("11000\r\n" + "x".repeat(0x11000) + "\r\n");
            assertThat(chunked.answer().status()).isEqualTo(413);
            assertThat(chunked.closedByServer()).isTrue();
            assertThat(front.front.load().inFlightBytes()).isZero();
        }
    }

    @Test
    void aSlowBodyThatAsksForAnUpgradeIsCutOff() throws Exception {
        try (var front = TestFront.start(TestFront.hasty(Deadline.BODY, HASTE));
                var client = new RawHttp(front.port())) {
            client.send(UpgradeTest.head("Content-Length: 1000000"));
            assertThat(dripped(client, "x")).isTrue();
            assertThat(front.front.load().inFlightBytes()).isZero();
        }
    }

    /** A hundred clients announce the longest body each; what is held for them stays bounded. */
    @Test
    void announcingMuchHoldsLittle() throws Exception {
        long room = 4 * HELD_BYTES_MAX;
        var clients = new ArrayList<RawHttp>();
        try (var front = TestFront.start(TestFront.bounded(BODY_BYTES_MAX, room, 200))) {
            for (int i = 0; i < 100; i++) {
                var client = new RawHttp(front.port());
                clients.add(client);
                client.send(
                        RawHttp.post("PutRecords", TestFront.JSON)
                                + "Content-Length: "
                                + BODY_BYTES_MAX
                                + "\r\n\r\nx");
            }
            while (front.front.load().requestsWaiting() < 96) {
                Thread.onSpinWait();
            }
            assertThat(front.front.load().inFlightBytes()).isLessThanOrEqualTo(room);
            for (var client : clients) {
                client.close();
            }
            while (front.front.load().inFlightBytes() > 0
                    || front.front.load().requestsWaiting() > 0) {
                Thread.onSpinWait();
            }
        }
    }
}
