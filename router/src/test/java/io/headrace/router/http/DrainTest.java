package io.headrace.router.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Going down: what is in progress ends well, what does not end is ended. */
final class DrainTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void requestsInProgressAreAnsweredAndStreamsEnd() throws Exception {
        var front = TestFront.start();
        try (var http1 = new RawHttp(front.port());
                var http2 = new RawHttp2(front.port());
                var idle = new RawHttp(front.port())) {
            idle.sendPost("PutRecords", "x").answer();
            http1.sendPost("PutRecord", "{}");
            var first = TestFront.taken(front.pending);
            http2.post(1, "PutRecord", 2).data(1, true, new byte[] {'{', '}'});
            var second = TestFront.taken(front.pending);
            EventStreamTest.subscribe(front, http2, 3);
            var stopped = stopping(front, PATIENCE);
            // Idle connections go first; the port is closed by then.
            assertThat(idle.closedByServer()).isTrue();
            var end = http2.next(RawHttp2.DATA);
            while (!end.endsStream()) {
                end = http2.next(RawHttp2.DATA);
            }
            assertThat(end.stream()).isEqualTo(3);
            assertThat(stopped).isNotDone();
            first.complete(Buffer.buffer("1"));
            second.complete(Buffer.buffer("2"));
            var answer = http1.answer();
            assertThat(answer.body()).isEqualTo("1");
            assertThat(answer.headers()).containsEntry("connection", "close");
            assertThat(http1.closedByServer()).isTrue();
            assertThat(http2.next(RawHttp2.DATA).payload().toString()).isEqualTo("2");
            assertThat(http2.closedByServer()).isTrue();
            stopped.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThatThrownBy(() -> new RawHttp(front.port())).isInstanceOf(IOException.class);
        }
    }

    @Test
    void whatDoesNotEndIsEndedAtTheDeadline() throws Exception {
        var front = TestFront.start();
        try (var client = new RawHttp(front.port());
                var http2 = new RawHttp2(front.port())) {
            client.sendPost("PutRecord", "{}");
            TestFront.taken(front.pending);
            http2.post(1, "PutRecord", 2).data(1, true, new byte[] {'{', '}'});
            TestFront.taken(front.pending);
            var stopped = stopping(front, Duration.ofMillis(200));
            assertThat(client.closedByServer()).isTrue();
            assertThat(http2.closedByServer()).isTrue();
            stopped.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private static CompletableFuture<Void> stopping(TestFront front, Duration deadline) {
        return CompletableFuture.runAsync(() -> {
            try {
                front.front.stop(deadline);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
