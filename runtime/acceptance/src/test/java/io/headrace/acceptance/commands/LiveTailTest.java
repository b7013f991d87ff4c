package io.headrace.acceptance.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.Distribution;
import io.headrace.acceptance.clients.TestClients;
import io.headrace.testkit.HeadraceNode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.ScalingType;

/** {@code headrace tail} as people start it, from a shell, while the stream changes under it. */
@Timeout(180)
class LiveTailTest {
    private static final int KEYS = 40;
    private static final int LINES_BETWEEN = 2_000;
    private static final String END = " end";

    @BeforeAll
    static void needsANode() {
        Distribution.assumeBuilt();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--consumer=live"})
    void followsThroughSplitsAndMergesWithNothingLostDoubledOrOutOfOrder(String way)
            throws Exception {
        try (var node = HeadraceNode.builder().start();
                var client = TestClients.blocking(node.endpoint())) {
            client.createStream(r -> r.streamName("live").shardCount(2));
            var tail = tail(node.endpoint(), way);
            var printed = new Printed(tail);
            var over = new AtomicBoolean();
            var producer = Thread.ofPlatform().start(() -> produce(client, over));
            for (int shards : new int[] {4, 3, 5, 3}) {
                printed.awaitMore(LINES_BETWEEN);
                client.updateShardCount(r ->
                        r.streamName("live")
                                .targetShardCount(shards)
                                .scalingType(ScalingType.UNIFORM_SCALING));
            }
            printed.awaitMore(LINES_BETWEEN);
            over.set(true);
            producer.join();
            for (int key = 0; key < KEYS; key++) {
                var mine = Integer.toString(key);
                client.putRecord(r ->
                        r.streamName("live")
                                .partitionKey(mine)
                                .data(SdkBytes.fromUtf8String(mine + END)));
            }
            printed.awaitEnds();

            assertThat(endedBySigint(tail)).isEqualTo(130);
            assertInOrder(printed.whole());
            assertThat(consumers(client)).isEmpty();
        }
    }

    /** The lines of a process, as they come. */
    private static final class Printed {
        private final List<String> lines = new ArrayList<>();
        private final Thread reader;
        private int ends;

        Printed(Process process) {
            reader =
                    Thread.ofPlatform()
                            .start(() -> process.inputReader().lines().forEach(this::add));
        }

        private synchronized void add(String line) {
            lines.add(line);
            ends += line.endsWith(END) ? 1 : 0;
            notifyAll();
        }

        synchronized void awaitMore(int count) throws InterruptedException {
            int enough = lines.size() + count;
            while (lines.size() < enough) {
                wait();
            }
        }

        synchronized void awaitEnds() throws InterruptedException {
            while (ends < KEYS) {
                wait();
            }
        }

        /** Once the process has ended. */
        List<String> whole() throws InterruptedException {
            reader.join();
            return lines;
        }
    }

    @Test
    void endsWhenNobodyReadsOn() throws Exception {
        try (var node = HeadraceNode.builder().start();
                var client = TestClients.blocking(node.endpoint())) {
            client.createStream(r -> r.streamName("live").shardCount(1));
            var over = new AtomicBoolean();
            var producer = Thread.ofPlatform().start(() -> produce(client, over));
            var shell =
                    new ProcessBuilder(
                                    "sh",
                                    "-c",
                                    "'%s' tail live --from trim-horizon --endpoint %s | head -n 3"
                                            .formatted(launcher(), node.endpoint()))
                            .redirectErrorStream(true)
                            .start();
            var output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(shell.waitFor()).isZero();
            assertThat(output.lines()).hasSize(3);
            over.set(true);
            producer.join();
        }
    }

    /** Counts up for each key, a number for each in every request. */
    private static void produce(KinesisClient client, AtomicBoolean over) {
        for (int number = 0; !over.get(); number++) {
            int now = number;
            var records =
                    IntStream.range(0, KEYS)
                            .mapToObj(key ->
                                    PutRecordsRequestEntry.builder()
                                            .partitionKey(Integer.toString(key))
                                            .data(SdkBytes.fromUtf8String(key + " " + now))
                                            .build())
                            .toList();
            var answer = client.putRecords(r -> r.streamName("live").records(records));
            assertThat(answer.failedRecordCount()).isZero();
        }
    }

    private static void assertInOrder(List<String> lines) {
        var next = new int[KEYS];
        for (var line : lines) {
            var words = line.split(" ", -1);
            if (!line.endsWith(END)) {
                int key = Integer.parseInt(words[0]);
                assertThat(Integer.parseInt(words[1]))
                        .as("next of key " + key)
                        .isEqualTo(next[key]);
                next[key]++;
            }
        }
        // Each request held all keys, so all came equally far.
        assertThat(next).containsOnly(next[0]);
    }

    private static Process tail(URI endpoint, String way) throws IOException {
        // Whoever runs the tests in the background may have SIGINT ignored, and a child inherits
        // it.
        var command = new ArrayList<>(List.of("env", "--default-signal=INT"));
        command.addAll(List.of(launcher().toString(), "tail", "live"));
        command.addAll(List.of("--endpoint", endpoint.toString()));
        command.addAll(List.of("--from=trim-horizon", "--format=raw"));
        if (!way.isEmpty()) {
            command.add(way);
        }
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static int endedBySigint(Process process) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private static List<String> consumers(KinesisClient client) {
        var arn =
                client.describeStreamSummary(r -> r.streamName("live"))
                        .streamDescriptionSummary()
                        .streamARN();
        return client.listStreamConsumers(r -> r.streamARN(arn)).consumers().stream()
                .map(consumer -> consumer.consumerName())
                .toList();
    }

    private static Path launcher() {
        return HeadraceNode.findHome().orElseThrow().resolve("headrace");
    }
}
