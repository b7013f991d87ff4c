package io.headrace.acceptance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.Distribution;
import io.headrace.acceptance.NodeHeap;
import io.headrace.acceptance.clients.TestClients;
import io.headrace.testkit.HeadraceNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardResponseHandler;

/** Clients that make a node hold on to something and never come to an end. */
@Timeout(300)
class SlowClientsTest {
    private static final int CONNECTIONS = 2_000;
    private static final int FLOODS = 40;
    private static final int RESETS_EACH = 500;

    /** A quarter of the heap of 512 MB is let in, and each connection costs a little. */
    private static final long HELD_BYTES_MAX = 192L << 20;

    private static final long LEFT_BYTES_MAX = 16L << 20;
    private static final int SUBSCRIPTIONS = 20;

    @BeforeAll
    static void needsANode() {
        Distribution.assumeBuilt();
    }

    @Test
    void halfBodiesAreBoundedAndLeaveNothing() throws IOException, InterruptedException {
        try (var node = HeadraceNode.builder().start()) {
            halfBodies(node.endpoint(), 50).forEach(SlowClientsTest::close);
            long before = NodeHeap.liveBytes(node.pid());
            var slow = halfBodies(node.endpoint(), CONNECTIONS);
            long held = NodeHeap.liveBytes(node.pid()) - before;
            assertThat(node.isAlive()).as(() -> String.join("\n", node.log())).isTrue();
            var wire = new Wire(node.endpoint());
            assertThat(wire.json("ListStreams", "{}").status()).isEqualTo(200);
            slow.forEach(SlowClientsTest::close);
            awaitConnections(node.endpoint(), 5);
            var stream = wire.newStream(1);
            wire.call(
                    "PutRecord",
                    "{'StreamName':'%s','PartitionKey':'k','Data':''}".formatted(stream));
            long left = NodeHeap.liveBytes(node.pid()) - before;
            System.out.printf(
                    "%d half bodies: %,d bytes held, %,d left%n", CONNECTIONS, held, left);
            assertThat(held).isLessThan(HELD_BYTES_MAX);
            assertThat(left).isLessThan(LEFT_BYTES_MAX);
        }
    }

    private static List<RawConnection> halfBodies(URI endpoint, int connections)
            throws IOException {
        var head =
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: %s\r\nX-Amz-Target: %s\r\n"
                        .formatted(Wire.JSON, "Kinesis_20131202.PutRecords");
        var half = RawConnection.request(head + "Content-Length: 900000\r\n\r\n{", new byte[2_000]);
        var slow = new ArrayList<RawConnection>();
        for (int i = 0; i < connections; i++) {
            var connection = new RawConnection(endpoint);
            connection.send(half);
            slow.add(connection);
        }
        return slow;
    }

    /** Each that goes lets another in, which it then finds gone too. */
    private static void awaitConnections(URI endpoint, int max)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(endpoint.resolve("/metrics")).build();
        try (var client = HttpClient.newHttpClient()) {
            double open;
            do {
                var metrics = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
                open =
                        metrics.lines()
                                .filter(line -> line.startsWith("headrace_connections "))
                                .mapToDouble(line -> Double.parseDouble(line.split(" ", -1)[1]))
                                .findFirst()
                                .orElseThrow();
            } while (open > max);
        }
    }

    private static void close(RawConnection connection) {
        try {
            connection.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void floodsOfResetsAreCutOffAndWhoCancelsSubscriptionsIsNot()
            throws IOException, InterruptedException {
        try (var node = HeadraceNode.builder().start();
                var client = TestClients.asynchronous(node.endpoint())) {
            client.createStream(r -> r.streamName("busy").shardCount(SUBSCRIPTIONS)).join();
            var consumer = consumer(client);
            flood(node.endpoint());
            long before = NodeHeap.liveBytes(node.pid());
            for (int round = 0; round < FLOODS; round++) {
                flood(node.endpoint());
                if (round < SUBSCRIPTIONS) {
                    subscribeAndCancel(client, consumer, round);
                }
            }
            long left = NodeHeap.liveBytes(node.pid()) - before;
            System.out.printf("%,d resets: %,d bytes left%n", FLOODS * RESETS_EACH, left);
            assertThat(left).isLessThan(LEFT_BYTES_MAX);
            var put =
                    client.putRecord(r ->
                                    r.streamName("busy")
                                            .partitionKey("k")
                                            .data(SdkBytes.fromUtf8String("x")))
                            .join();
            assertThat(put.sequenceNumber()).isNotEmpty();
        }
    }

    private static String consumer(KinesisAsyncClient client) {
        var stream = client.describeStreamSummary(r -> r.streamName("busy")).join();
        var arn = stream.streamDescriptionSummary().streamARN();
        return client.registerStreamConsumer(r -> r.streamARN(arn).consumerName("c"))
                .join()
                .consumer()
                .consumerARN();
    }

    /** As the SDK does it: an HTTP/2 stream is reset after its answer began. */
    private static void subscribeAndCancel(KinesisAsyncClient client, String consumer, int shard) {
        var begun = new CompletableFuture<Boolean>();
        var handler =
                SubscribeToShardResponseHandler.builder()
                        .onResponse(response -> begun.complete(true))
                        .onError(begun::completeExceptionally)
                        .subscriber(event -> {})
                        .build();
        var subscription =
                client.subscribeToShard(
                        r ->
                                r.consumerARN(consumer)
                                        .shardId("shardId-%012d".formatted(shard))
                                        .startingPosition(p -> p.type("LATEST")),
                        handler);
        assertThat(begun.join()).isTrue();
        subscription.cancel(true);
    }

    /** One connection that resets each stream as soon as it has opened it. */
    private static void flood(URI endpoint) throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        bytes.write(frame(4, 0, 0, new byte[0]));
        for (int i = 0; i < RESETS_EACH; i++) {
            int stream = 2 * i + 1;
            bytes.write(frame(1, 0x4, stream, head()));
            bytes.write(frame(3, 0, stream, new byte[] {0, 0, 0, 8}));
        }
        try (var connection = new RawConnection(endpoint)) {
            connection.send(bytes.toByteArray());
            // No goodbye of ours: it is the node that ends this.
            connection.awaitEnd();
        }
    }

    /** A POST of PutRecords, in the simplest of HPACK: two indexed fields, then literals. */
    private static byte[] head() throws IOException {
        var block = new ByteArrayOutputStream();
        block.write(new byte[] {(byte) 0x83, (byte) 0x84, (byte) 0x86});
        literal(block, ":authority", "a");
        literal(block, "content-type", Wire.JSON);
        literal(block, "x-amz-target", "Kinesis_20131202.PutRecords");
        return block.toByteArray();
    }

    private static void literal(ByteArrayOutputStream block, String name, String value)
            throws IOException {
        block.write(0);
        for (var text : List.of(name, value)) {
            block.write(text.length());
            block.write(text.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) 0)
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }
}
