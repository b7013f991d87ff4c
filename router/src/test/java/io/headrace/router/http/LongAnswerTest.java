package io.headrace.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** Answers of 10 MiB: whole, in little memory, and gone from it with their clients. */
final class LongAnswerTest {
    private static final int LONG_BYTES = TestFront.LONG_BYTES;
    private static final String LONG = Integer.toString(LONG_BYTES);
    private static final Duration PATIENT = Duration.ofSeconds(60);
    private static final byte[] WHOLE = TestFront.pattern(LONG_BYTES).getBytes();

    @Test
    void comesWholeOverHttp1() throws Exception {
        try (var front = TestFront.start();
                var client = new RawHttp(front.port())) {
            for (int i = 0; i < 3; i++) {
                var head = client.sendPost("ListShards", LONG).headAnswer();
                assertThat(head.headers()).containsEntry("content-length", LONG);
                assertThat(client.read(LONG_BYTES)).isEqualTo(WHOLE);
                assertThat(front.logged(head.requestId()).bytesOut()).isEqualTo(LONG_BYTES);
            }
            assertThat(front.front.load().inFlightBytes()).isZero();
        }
    }

    @Test
    void comesWholeOverHttp2() throws Exception {
        try (var front = TestFront.start();
                var client = new RawHttp2(front.port())) {
            enlarge(client, 0, 3 * LONG_BYTES);
            for (int stream = 1; stream <= 5; stream += 2) {
                ask(client, stream);
                assertThat(client.nextHeaders().get("content-length")).hasToString(LONG);
                enlarge(client, stream, LONG_BYTES);
                assertThat(body(client)).isEqualTo(WHOLE);
            }
            awaitNothingInFlight(front);
        }
    }

    @Test
    void isNotSentToOneWhoAsksForTheHeadOnly() throws Exception {
        try (var front = TestFront.start();
                var client = new RawHttp(front.port())) {
            client.send("HEAD /cluster/long HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(client.headAnswer().headers()).containsEntry("content-length", LONG);
            client.send("GET /cluster/long HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(client.headAnswer().status()).isEqualTo(200);
            assertThat(client.read(LONG_BYTES)).isEqualTo(WHOLE);
            awaitNothingInFlight(front);
        }
    }

    @Test
    void isForgottenWithAClientThatLeavesInTheMiddle() throws Exception {
        try (var front = TestFront.start()) {
            try (var client = new RawHttp(front.port())) {
                client.sendPost("ListShards", LONG).headAnswer();
                client.read(1 << 20);
                assertThat(front.front.load().inFlightBytes()).isGreaterThan(LONG_BYTES);
            }
            assertThat(TestFront.taken(front.log).status()).isEqualTo(RequestLog.CLIENT_GONE);
            awaitNothingInFlight(front);
        }
    }

    @Test
    void isForgottenWithAStreamThatIsResetOrItsConnection() throws Exception {
        try (var front = TestFront.start()) {
            try (var client = new RawHttp2(front.port())) {
                ask(client, 1);
                client.nextHeaders();
                enlarge(client, 1, 1 << 20);
                client.next(RawHttp2.DATA);
                assertThat(front.front.load().inFlightBytes()).isGreaterThan(LONG_BYTES);
                client.reset(1);
                assertThat(TestFront.taken(front.log).status()).isEqualTo(RequestLog.CLIENT_GONE);
                awaitNothingInFlight(front);
                ask(client, 3);
                client.nextHeaders();
                assertThat(front.front.load().inFlightBytes()).isGreaterThan(LONG_BYTES);
            }
            assertThat(TestFront.taken(front.log).status()).isEqualTo(RequestLog.CLIENT_GONE);
            awaitNothingInFlight(front);
        }
    }

    @Test
    void aShorterOneIsForgottenTooWithItsStream() throws Exception {
        try (var front = TestFront.start();
                var client = new RawHttp2(front.port())) {
            ask(client, 1, "300000");
            client.nextHeaders();
            client.next(RawHttp2.DATA);
            assertThat(front.front.load().inFlightBytes()).isGreaterThan(300_000);
            client.reset(1);
            assertThat(TestFront.taken(front.log).status()).isEqualTo(RequestLog.CLIENT_GONE);
            awaitNothingInFlight(front);
        }
    }

    /** Nobody counts a body that is no longer held, so nobody may hold it. */
    @Test
    void waitsWithoutTheBodyThatAskedForIt() throws Exception {
        try (var front = TestFront.start(TestFront.answers(16 << 20, PATIENT));
                var first = new RawHttp(front.port());
                var second = new RawHttp(front.port())) {
            first.sendPost("ListShards", LONG).headAnswer();
            front.bodies.clear();
            second.sendPost("ListShards", LONG + " ".repeat(2 << 20));
            awaitWaiting(front, 1);
            var body = TestFront.taken(front.bodies);
            while (body.get() != null) {
                assertThat(front.front.load().requestsWaiting()).isOne();
                System.gc();
            }
            first.read(LONG_BYTES);
            assertThat(second.headAnswer().status()).isEqualTo(200);
            assertThat(second.read(LONG_BYTES)).isEqualTo(WHOLE);
            awaitNothingInFlight(front);
        }
    }

    @Test
    void waitsWhileOthersAreNotReadAndLeavesTheLineWithItsClient() throws Exception {
        try (var front = TestFront.start(TestFront.answers(16 << 20, PATIENT));
                var first = new RawHttp(front.port());
                var second = new RawHttp(front.port())) {
            var head = first.sendPost("ListShards", LONG).headAnswer();
            assertThat(head.status()).isEqualTo(200);
            second.sendPost("ListShards", LONG);
            awaitWaiting(front, 1);
            try (var third = new RawHttp(front.port())) {
                third.sendPost("ListShards", LONG);
                awaitWaiting(front, 2);
            }
            awaitWaiting(front, 1);
            // Small ones have room left.
            try (var small = new RawHttp(front.port())) {
                small.sendPost("ListShards", "200000");
                assertThat(small.headAnswer().status()).isEqualTo(200);
                assertThat(small.read(200_000)).hasSize(200_000);
            }
            first.read(LONG_BYTES);
            assertThat(second.headAnswer().status()).isEqualTo(200);
            assertThat(second.read(LONG_BYTES)).isEqualTo(WHOLE);
            awaitNothingInFlight(front);
        }
    }

    @Test
    void isRefusedWhenThereIsNoRoomForTooLong() throws Exception {
        try (var front = TestFront.start(TestFront.answers(16 << 20, Duration.ofMillis(200)));
                var first = new RawHttp(front.port());
                var second = new RawHttp(front.port())) {
            first.sendPost("ListShards", LONG).headAnswer();
            var refused = second.sendPost("ListShards", LONG).answer();
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.body()).contains("ProvisionedThroughputExceededException");
            first.read(LONG_BYTES);
            second.sendPost("ListShards", LONG).headAnswer();
            assertThat(second.read(LONG_BYTES)).isEqualTo(WHOLE);
        }
    }

    /** An answer longer than the room of all is not let wait forever. */
    @Test
    void getsAllTheRoomThereIsIfItNeedsMore() throws Exception {
        try (var front = TestFront.start(TestFront.answers(1 << 20, PATIENT))) {
            var clients = new ArrayList<RawHttp>();
            for (int i = 0; i < 4; i++) {
                var client = new RawHttp(front.port());
                clients.add(client.sendPost("ListShards", LONG));
                if (i == 0) {
                    client.headAnswer();
                }
                awaitWaiting(front, i);
            }
            for (var client : clients) {
                if (client != clients.getFirst()) {
                    client.headAnswer();
                }
                assertThat(client.read(LONG_BYTES)).isEqualTo(WHOLE);
                client.close();
            }
            awaitNothingInFlight(front);
        }
    }

    private static void ask(RawHttp2 client, int stream) throws Exception {
        ask(client, stream, LONG);
    }

    private static void ask(RawHttp2 client, int stream, String bytes) throws Exception {
        var body = bytes.getBytes(StandardCharsets.US_ASCII);
        client.post(stream, "ListShards", body.length).data(stream, true, body);
    }

    private static void enlarge(RawHttp2 client, int stream, int bytes) throws IOException {
        client.frame(
                RawHttp2.WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(bytes).array());
    }

    private static byte[] body(RawHttp2 client) throws IOException {
        var body = Buffer.buffer(LONG_BYTES);
        RawHttp2.Frame frame;
        do {
            frame = client.next(RawHttp2.DATA);
            body.appendBuffer(frame.payload());
        } while (!frame.endsStream());
        return body.getBytes();
    }

    private static void awaitWaiting(TestFront front, int requests) {
        while (front.front.load().requestsWaiting() != requests) {
            Thread.onSpinWait();
        }
    }

    private static void awaitNothingInFlight(TestFront front) {
        while (front.front.load().inFlightBytes() > 0) {
            Thread.onSpinWait();
        }
    }
}
