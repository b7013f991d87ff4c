package io.headrace.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.router.http.TestFront.Deadline;
import io.headrace.router.wire.EventSink;
import io.headrace.router.wire.EventStreamMessage;
import io.headrace.router.wire.WireException;
import io.headrace.router.wire.WireFormat;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Event streams over both protocols: head, messages, back pressure, and every way to end. */
final class EventStreamTest {
    private static final Buffer MESSAGE = EventStreamMessage.initialResponse(WireFormat.JSON);
    private static final int WAIT_SECONDS = 20;

    @Test
    void streamsOverHttp1UntilItEnds() throws Exception {
        try (var front = TestFront.start();
                var client = new RawHttp(front.port())) {
            client.sendPost("SubscribeToShard", "{}");
            var sink = TestFront.taken(front.sinks);
            var closed = new CompletableFuture<Void>();
            sink.execute(() -> {
                sink.onClosed(() -> closed.complete(null));
                sink.write(MESSAGE.copy());
            });
            var head = client.headAnswer();
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.headers())
                    .containsEntry("content-type", "application/vnd.amazon.eventstream")
                    .containsEntry("transfer-encoding", "chunked")
                    .containsKey("x-amzn-requestid");
            var chunkHead = Integer.toHexString(MESSAGE.length()) + "\r\n";
            assertThat(new String(client.read(chunkHead.length()), StandardCharsets.US_ASCII))
                    .isEqualTo(chunkHead);
            assertThat(client.read(MESSAGE.length())).isEqualTo(MESSAGE.getBytes());
            sink.execute(sink::end);
            assertThat(new String(client.read(7), StandardCharsets.US_ASCII))
                    .isEqualTo("\r\n0\r\n\r\n");
            closed.get(WAIT_SECONDS, TimeUnit.SECONDS);
            var logged = front.logged(head.requestId());
            assertThat(logged.status()).isEqualTo(200);
            assertThat(logged.bytesOut()).isEqualTo(MESSAGE.length());
            // The connection goes on.
            assertThat(client.sendPost("PutRecords", "x").answer().body()).isEqualTo("x");
        }
    }

    @Test
    void aRefusalBeforeTheFirstMessageIsAPlainError() throws Exception {
        try (var front = TestFront.start();
                var client = new RawHttp(front.port())) {
            client.sendPost("SubscribeToShard", "{}");
            var sink = TestFront.taken(front.sinks);
            sink.execute(
                    () -> sink.refuse(new WireException(400, "ResourceInUseException", "taken")));
            var answer = client.answer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body())
                    .isEqualTo("{\"__type\":\"ResourceInUseException\",\"message\":\"taken\"}");
            assertThat(front.logged(answer.requestId()).errorType())
                    .isEqualTo("ResourceInUseException");
        }
    }

    @Test
    void aRefusalAfterTheFirstMessageIsAnExceptionMessage() throws Exception {
        try (var front = TestFront.start();
                var client = new RawHttp2(front.port())) {
            client.post(1, "SubscribeToShard", 2).data(1, true, new byte[] {'{', '}'});
            var sink = TestFront.taken(front.sinks);
            sink.execute(() -> {
                sink.write(MESSAGE.copy());
                sink.refuse(new WireException(400, "ResourceInUseException", "taken"));
            });
            assertThat(client.nextHeaders().status()).hasToString("200");
            var sent = Buffer.buffer();
            var frame = client.next(RawHttp2.DATA);
            for (; !frame.endsStream(); frame = client.next(RawHttp2.DATA)) {
                sent.appendBuffer(frame.payload());
            }
            sent.appendBuffer(frame.payload());
            assertThat(sent.toString("ISO-8859-1"))
                    .contains(":exception-type", "ResourceInUseException", "taken");
        }
    }

    @Test
    void aClientThatCancelsIsNoticed() throws Exception {
        try (var front = TestFront.start();
                var client = new RawHttp2(front.port())) {
            var sink = subscribe(front, client, 1);
            var closed = new CompletableFuture<Void>();
            sink.execute(() -> sink.onClosed(() -> closed.complete(null)));
            client.reset(1);
            closed.get(WAIT_SECONDS, TimeUnit.SECONDS);
            var late = new CompletableFuture<Void>();
            sink.execute(() -> sink.onClosed(() -> late.complete(null)));
            late.get(WAIT_SECONDS, TimeUnit.SECONDS);
            assertThat(front.front.load().inFlightBytes()).isZero();
        }
    }

    @Test
    void aClosedConnectionIsNoticed() throws Exception {
        try (var front = TestFront.start()) {
            var closed = new CompletableFuture<Void>();
            try (var client = new RawHttp(front.port())) {
                client.sendPost("SubscribeToShard", "{}");
                var sink = TestFront.taken(front.sinks);
                sink.execute(() -> {
                    sink.onClosed(() -> closed.complete(null));
                    sink.write(MESSAGE.copy());
                });
                client.headAnswer();
            }
            closed.get(WAIT_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Test
    void aSlowReaderHoldsTheWriterBack() throws Exception {
        try (var front = TestFront.start();
                var client = new RawHttp2(front.port())) {
            var sink = subscribe(front, client, 1);
            var message = Buffer.buffer(new byte[32 << 10]);
            var written = new AtomicInteger();
            var blocked = new CompletableFuture<Void>();
            var resumed = new CompletableFuture<Void>();
            sink.execute(() -> {
                sink.onWritable(() -> resumed.complete(null));
                do {
                    written.incrementAndGet();
                } while (sink.write(message.copy()) && written.get() < 1000);
                blocked.complete(null);
            });
            blocked.get(WAIT_SECONDS, TimeUnit.SECONDS);
            // The client's window is 64 KiB; what is buffered beyond it is little.
            assertThat(written.get()).isBetween(3, 20);
            assertThat(resumed).isNotDone();
            var larger = new byte[] {0, 16, 0, 0};
            client.frame(RawHttp2.WINDOW_UPDATE, 0, 0, larger);
            client.frame(RawHttp2.WINDOW_UPDATE, 0, 1, larger);
            resumed.get(WAIT_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Test
    void eventsCountUntilTheyAreSentAndOthersWaitForThatRoom() throws Exception {
        int length = 700_000;
        try (var front = TestFront.start(TestFront.answers(1 << 20, Duration.ofSeconds(60)));
                var client = new RawHttp2(front.port());
                var other = new RawHttp2(front.port())) {
            var first = subscribe(front, client, 1);
            var second = subscribe(front, other, 1);
            var room = new CompletableFuture<Boolean>();
            var later = new CompletableFuture<Boolean>();
            first.execute(() -> {
                first.reserve(length);
                first.write(Buffer.buffer(new byte[length]));
                second.execute(() -> {
                    second.onWritable(() -> later.complete(second.reserve(length)));
                    room.complete(second.reserve(length));
                });
            });
            assertThat(room.get(WAIT_SECONDS, TimeUnit.SECONDS)).isFalse();
            assertThat(front.front.load().inFlightBytes())
                    .isEqualTo(length + 2 * HttpLimits.REQUEST_OVERHEAD_BYTES);
            var larger = new byte[] {0, 16, 0, 0};
            client.frame(RawHttp2.WINDOW_UPDATE, 0, 0, larger);
            client.frame(RawHttp2.WINDOW_UPDATE, 0, 1, larger);
            assertThat(later.get(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
            other.reset(1);
            while (front.front.load().inFlightBytes() > HttpLimits.REQUEST_OVERHEAD_BYTES) {
                Thread.onSpinWait();
            }
            // What was written for a client that never reads it goes with the stream.
            first.execute(() -> first.write(Buffer.buffer(new byte[2 << 20])));
            while (front.front.load().inFlightBytes() < 2 << 20) {
                Thread.onSpinWait();
            }
            client.reset(1);
            while (front.front.load().inFlightBytes() > 0) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void aReaderThatNeverReadsIsCutOff() throws Exception {
        var haste = TestFront.hasty(Deadline.ANSWER, Duration.ofMillis(200));
        try (var front = TestFront.start(haste);
                var client = new RawHttp2(front.port())) {
            var sink = subscribe(front, client, 1);
            var closed = new CompletableFuture<Void>();
            sink.execute(() -> {
                sink.onClosed(() -> closed.complete(null));
                while (sink.write(Buffer.buffer(new byte[32 << 10]))) {}
            });
            assertThat(client.next(RawHttp2.RST_STREAM).stream()).isEqualTo(1);
            closed.get(WAIT_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Opens a subscription and waits for its first message. */
    static EventSink subscribe(TestFront front, RawHttp2 client, int stream) throws Exception {
        client.post(stream, "SubscribeToShard", 2).data(stream, true, new byte[] {'{', '}'});
        var sink = TestFront.taken(front.sinks);
        sink.execute(() -> sink.write(MESSAGE.copy()));
        client.next(RawHttp2.DATA);
        return sink;
    }
}
