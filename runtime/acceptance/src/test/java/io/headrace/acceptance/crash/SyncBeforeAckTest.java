package io.headrace.acceptance.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.Distribution;
import io.headrace.acceptance.Tools;
import io.headrace.testkit.HeadraceNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

/**
 * A crash leaves the page cache as it is, so that surviving one proves no sync. This does: the
 * order of the node's own system calls.
 */
class SyncBeforeAckTest {
    private static final int PRODUCERS = 6;
    private static final int RECORDS_EACH = 30;
    private static final int END_SECONDS_MAX = 30;

    @BeforeAll
    static void needsANode() {
        Distribution.assumeBuilt();
    }

    @Test
    void everyAcknowledgementFollowsASyncOfItsRecord(@TempDir Path directory) throws Exception {
        var trace = directory.resolve("trace");
        try (var node = HeadraceNode.builder().data(directory.resolve("data")).start();
                var client = CrashRounds.client(node.endpoint())) {
            client.createStream(r -> r.streamName("synced").shardCount(2));
            while (client.describeStreamSummary(r -> r.streamName("synced"))
                            .streamDescriptionSummary()
                            .streamStatus()
                    != StreamStatus.ACTIVE) {
                Thread.sleep(20);
            }
            var tracer = attach(node.pid(), trace);
            Map<String, String> sequences;
            try {
                sequences = produce(client);
            } finally {
                tracer.destroy();
                assertThat(tracer.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
            }
            var calls = SyscallTrace.parse(Files.readAllLines(trace, StandardCharsets.ISO_8859_1));
            var problems = new ArrayList<String>();
            sequences.forEach(
                    (data, sequence) -> calls.unsynced(data, sequence).ifPresent(problems::add));
            assertThat(problems).isEmpty();
            assertThat(sequences).hasSize(PRODUCERS * RECORDS_EACH);
        }
    }

    /** Puts from several threads at once, so that commits are shared and answers overlap. */
    private static Map<String, String> produce(KinesisClient client) throws Exception {
        var sequences = new ConcurrentHashMap<String, String>();
        try (var threads = Executors.newFixedThreadPool(PRODUCERS)) {
            var done = new ArrayList<Future<?>>();
            for (int producer = 0; producer < PRODUCERS; producer++) {
                var name = "producer-" + producer;
                done.add(
                        threads.submit(() -> {
                            for (int i = 0; i < RECORDS_EACH; i++) {
                                var data = name + "-record-" + i + "-end";
                                var answer =
                                        client.putRecord(r ->
                                                r.streamName("synced")
                                                        .partitionKey(name)
                                                        .data(SdkBytes.fromUtf8String(data)));
                                sequences.put(data, answer.sequenceNumber());
                            }
                        }));
            }
            for (var one : done) {
                one.get();
            }
        }
        return sequences;
    }

    /** A tracer that is attached; skips the test where there is none or none is allowed. */
    private static Process attach(long pid, Path trace) throws IOException {
        Tools.require("strace");
        var tracer =
                new ProcessBuilder(
                                "strace",
                                "-f",
                                "-y",
                                "-s",
                                "65536",
                                "-e",
                                "trace=fdatasync,fsync,write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg",
                                "-o",
                                trace.toString(),
                                "-p",
                                Long.toString(pid))
                        .redirectErrorStream(true)
                        .start();
        var said = new StringBuilder();
        var in =
                new BufferedReader(
                        new InputStreamReader(tracer.getInputStream(), StandardCharsets.UTF_8));
        @Nullable String line;
        while ((line = in.readLine()) != null) {
            said.append(line).append('\n');
            if (line.contains("attached")) {
                // The tracer goes on talking of new threads: somebody must listen.
                Thread.ofVirtual().start(() -> in.lines().forEach(said::append));
                return tracer;
            }
        }
        Assumptions.abort("skipped: strace may not attach here: " + said);
        throw new IllegalStateException("not reached");
    }
}
