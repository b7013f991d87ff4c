package io.headrace.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node that stops under load: the front closes first, what is in flight ends, then the store. */
@Timeout(120)
class DrainTest {
    private static final int PRODUCERS = 8;

    @TempDir Path data;

    private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    private final Queue<String> refusals = new ConcurrentLinkedQueue<>();

    @Test
    void whatWasAnsweredIsKeptAndNothingIsAnsweredWrongly() throws Exception {
        try (var node = TestNode.start(data)) {
            node.createStream("orders", 2);
            var underLoad = new CountDownLatch(PRODUCERS * 20);
            var producers = new ArrayList<Thread>();
            for (int i = 0; i < PRODUCERS; i++) {
                var name = "p" + i;
                producers.add(Thread.ofPlatform().start(() -> produce(node, name, underLoad)));
            }
            assertThat(underLoad.await(60, TimeUnit.SECONDS)).isTrue();

            node.stop();

            for (var producer : producers) {
                producer.join();
            }
        }
        // Once draining, a connection is closed behind its answer: no request meets a closed store.
        assertThat(refusals).isEmpty();
        try (var node = TestNode.start(data)) {
            List<String> kept = node.readAll("orders");
            assertThat(kept).containsAll(acknowledged).doesNotHaveDuplicates();
            // Each producer may have had one put whose answer was cut off.
            assertThat(kept.size()).isLessThanOrEqualTo(acknowledged.size() + PRODUCERS);
        }
    }

    private void produce(TestNode node, String name, CountDownLatch underLoad) {
        try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (int i = 0; ; i++) {
                var data = name + "-" + i;
                HttpResponse<String> answer;
                try {
                    answer =
                            client.send(
                                    HttpRequest.newBuilder(node.address())
                                            .header("X-Amz-Target", "Kinesis_20131202.PutRecord")
                                            .header("Content-Type", "application/x-amz-json-1.1")
                                            .POST(
                                                    HttpRequest.BodyPublishers.ofString(
                                                            TestNode.putBody("orders", data, data)))
                                            .build(),
                                    BodyHandlers.ofString());
                } catch (IOException e) {
                    // The node is gone.
                    return;
                }
                if (answer.statusCode() == 200) {
                    acknowledged.add(data);
                    underLoad.countDown();
                } else {
                    refusals.add(answer.statusCode() + " " + answer.body());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
