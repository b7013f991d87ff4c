package io.headrace.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.router.wire.WireFormat;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** HTTP/2 floods end their connection; a client that cancels subscriptions is no flood. */
final class FloodTest {
    private static final int RESETS_MAX = 50;
    private static final int CONTROL_FRAMES_MAX = 100;
    private static final long ENHANCE_YOUR_CALM = 0xb;

    @Test
    void resetsOfUnansweredStreamsEndTheConnection() throws Exception {
        try (var front = TestFront.start(FloodTest::strict);
                var client = new RawHttp2(front.port())) {
            for (int i = 0; i < RESETS_MAX; i++) {
                client.post(2 * i + 1, "PutRecord", 1_000_000).reset(2 * i + 1);
            }
            // As many as may be: the connection still serves.
            client.post(1001, "PutRecords", 2).data(1001, true, new byte[] {'{', '}'});
            assertThat(client.nextHeaders().status()).hasToString("200");
            client.post(1003, "PutRecord", 1_000_000).reset(1003);
            assertThat(client.next(RawHttp2.GOAWAY).errorCode()).isEqualTo(ENHANCE_YOUR_CALM);
            assertThat(client.closedByServer()).isTrue();
            awaitNothingInFlight(front);
        }
    }

    @Test
    void cancelledSubscriptionsDoNot() throws Exception {
        try (var front = TestFront.start(FloodTest::strict);
                var client = new RawHttp2(front.port())) {
            for (int i = 0; i < 4 * RESETS_MAX; i++) {
                EventStreamTest.subscribe(front, client, 2 * i + 1);
                client.reset(2 * i + 1);
            }
            client.post(9001, "PutRecords", 2).data(9001, true, new byte[] {'{', '}'});
            assertThat(client.nextHeaders().status()).hasToString("200");
        }
    }

    /** What a reset stream's operation holds is charged until the operation is done. */
    @Test
    void resetsDoNotFreeWhatIsStillHeld() throws Exception {
        try (var front = TestFront.start(FloodTest::strict);
                var client = new RawHttp2(front.port())) {
            var body = new byte[10_000];
            client.post(1, "PutRecord", body.length).data(1, true, body);
            var answer = TestFront.taken(front.pending);
            client.reset(1);
            assertThat(TestFront.taken(front.log).status()).isEqualTo(RequestLog.CLIENT_GONE);
            assertThat(front.front.load().inFlightBytes())
                    .isEqualTo(HttpLimits.heldBytes(WireFormat.JSON, body.length));
            answer.complete(Buffer.buffer("{}"));
            awaitNothingInFlight(front);
        }
    }

    @Test
    void pingsEndTheConnection() throws Exception {
        try (var front = TestFront.start(FloodTest::strict);
                var client = new RawHttp2(front.port())) {
            flood(client::ping);
            assertThat(client.next(RawHttp2.GOAWAY).errorCode()).isEqualTo(ENHANCE_YOUR_CALM);
            assertThat(client.closedByServer()).isTrue();
        }
    }

    @Test
    void settingsEndTheConnection() throws Exception {
        try (var front = TestFront.start(FloodTest::strict);
                var client = new RawHttp2(front.port())) {
            flood(() -> client.frame(RawHttp2.SETTINGS, 0, 0, new byte[0]));
            assertThat(client.next(RawHttp2.GOAWAY).errorCode()).isEqualTo(ENHANCE_YOUR_CALM);
            assertThat(client.closedByServer()).isTrue();
        }
    }

    private interface Sending {
        void once() throws IOException;
    }

    private static void flood(Sending frame) throws IOException {
        for (int i = 0; i <= CONTROL_FRAMES_MAX; i++) {
            frame.once();
        }
    }

    private static void awaitNothingInFlight(TestFront front) {
        while (front.front.load().inFlightBytes() > 0) {
            Thread.onSpinWait();
        }
    }

    private static HttpLimits strict(HttpLimits limits) {
        return new HttpLimits(
                limits.bodyBytesMax(),
                limits.headerBytesMax(),
                limits.inFlightBytesMax(),
                limits.answerBytesMax(),
                limits.connectionInFlightBytesMax(),
                limits.connectionsMax(),
                limits.streamsMax(),
                limits.blockingCallsMax(),
                limits.blockingCallsWaitingMax(),
                RESETS_MAX,
                CONTROL_FRAMES_MAX,
                limits.headerDeadline(),
                limits.bodyDeadline(),
                limits.idleDeadline(),
                limits.answerDeadline(),
                limits.admissionDeadline());
    }
}
