package io.headrace.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.router.wire.WireFormat;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bodies on one HTTP/2 connection: streams that wait take nothing from the one that is read. */
final class Http2WindowTest {
    private static final int BODY_BYTES = 10 << 20;
    private static final int BODIES = 32;
    private static final int TIMEOUT_SECONDS = 60;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));

    @AfterEach
    void stop() throws Exception {
        get(vertx.close());
    }

    @Test
    void manyLongBodiesAtOnceAllComeThrough() throws Exception {
        // Room for two of them, and a bit.
        long room = 48L << 20;
        try (var front = TestFront.start(TestFront.bounded(15 << 20, room, 10))) {
            var body = Buffer.buffer(new byte[BODY_BYTES]);
            var client =
                    vertx.createHttpClient(
                            new HttpClientOptions()
                                    .setProtocolVersion(HttpVersion.HTTP_2)
                                    .setHttp2ClearTextUpgrade(false),
                            new PoolOptions().setHttp2MaxSize(1));
            var answers = new ArrayList<Future<Buffer>>();
            for (int i = 0; i < BODIES; i++) {
                answers.add(post(client, front.port(), body));
            }
            for (var answer : answers) {
                assertThat(get(answer)).hasToString(Integer.toString(BODY_BYTES));
            }
            assertThat(front.front.load().connections()).isOne();
            while (front.front.load().inFlightBytes() > 0) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void aStreamIsLetSendItsBodyWhenItHasItsShare() throws Exception {
        long room = HttpLimits.heldBytes(WireFormat.JSON, 1 << 20) * 8 / 7 + 8;
        try (var front = TestFront.start(TestFront.bounded(1 << 20, room, 10));
                var client = new RawHttp2(front.port())) {
            client.post(1, "PutRecord", 1 << 20);
            assertThat(nextStreamUpdate(client)).isEqualTo(1);
            client.post(3, "PutRecord", 1 << 20).data(3, false, new byte[16 << 10]);
            client.reset(1);
            assertThat(nextStreamUpdate(client)).isEqualTo(3);
        }
    }

    /** Which stream is let send its megabyte. */
    private static int nextStreamUpdate(RawHttp2 client) throws IOException {
        var update = client.next(RawHttp2.WINDOW_UPDATE);
        while (update.stream() == 0 || update.payload().getInt(0) < 1 << 20) {
            update = client.next(RawHttp2.WINDOW_UPDATE);
        }
        return update.stream();
    }

    private static Future<Buffer> post(HttpClient client, int port, Buffer body) {
        return client.request(
                        new RequestOptions()
                                .setMethod(HttpMethod.POST)
                                .setHost("127.0.0.1")
                                .setPort(port)
                                .putHeader("content-type", TestFront.CBOR)
                                .putHeader("x-amz-target", TestFront.TARGET + "StopRecords"))
                .compose(request -> request.send(body))
                .compose(HttpClientResponse::body);
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage()
                .toCompletableFuture()
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }
}
