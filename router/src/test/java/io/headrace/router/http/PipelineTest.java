package io.headrace.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.router.wire.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pipelined requests, cut into packets anywhere, on connections that compete for little room: every
 * body comes back whole and in order.
 */
final class PipelineTest {
    private static final int BODY_BYTES_MAX = 96 << 10;
    private static final int CONNECTIONS = 4;
    private static final int REQUESTS = 40;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void bodiesComeBackWholeAndInOrder(long seed) throws Exception {
        long room = 2 * HttpLimits.heldBytes(WireFormat.JSON, BODY_BYTES_MAX);
        try (var front = TestFront.start(TestFront.bounded(BODY_BYTES_MAX, room, 100))) {
            var clients = new ArrayList<CompletableFuture<Void>>();
            for (int i = 0; i < CONNECTIONS; i++) {
                var random = new Random(seed * CONNECTIONS + i);
                clients.add(
                        CompletableFuture.runAsync(
                                () -> converse(front.port(), random), Thread::startVirtualThread));
            }
            for (var client : clients) {
                client.get(60, TimeUnit.SECONDS);
            }
        }
    }

    private static void converse(int port, Random random) {
        var bodies = new ArrayList<String>();
        var all = new StringBuilder();
        for (int i = 0; i < REQUESTS; i++) {
            int length = random.nextInt(4) == 0 ? random.nextInt(BODY_BYTES_MAX) : i % 3;
            var body = Character.toString('a' + i % 26).repeat(length);
            bodies.add(body);
            all.append(RawHttp.post("PutRecords", TestFront.JSON));
            if (random.nextInt(3) > 0) {
                all.append("Content-Length: " + length + "\r\n\r\n" + body);
            } else {
                all.append("Transfer-Encoding: chunked\r\n\r\n" + chunked(body) + "0\r\n\r\n");
            }
        }
        try (var client = new RawHttp(port)) {
            var sending =
                    CompletableFuture.runAsync(
                            () -> send(client, all.toString(), random), Thread::startVirtualThread);
            for (var body : bodies) {
                assertThat(client.answer().body()).isEqualTo(body);
            }
            sending.get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static String chunked(String body) {
        return body.isEmpty() ? "" : Integer.toHexString(body.length()) + "\r\n" + body + "\r\n";
    }

    private static void send(RawHttp client, String text, Random random) {
        var bytes = text.getBytes(StandardCharsets.US_ASCII);
        try {
            for (int from = 0; from < bytes.length; ) {
                int to = Math.min(bytes.length, from + 1 + random.nextInt(20_000));
                client.send(Arrays.copyOfRange(bytes, from, to));
                from = to;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
