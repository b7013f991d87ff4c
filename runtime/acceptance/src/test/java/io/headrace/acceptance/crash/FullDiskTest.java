package io.headrace.acceptance.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.Distribution;
import io.headrace.testkit.HeadraceNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/** A disk that fills up under a node: writes are refused in words, reads go on, and so does it. */
@Timeout(300)
class FullDiskTest {
    private static final String STREAM = "full";
    private static final int RECORD_BYTES = 900_000;
    private static final long DISK_BYTES = 500L << 20;
    private static final long LEFT_BYTES = 80L << 20;
    private static final int RECORDS_MAX = 2_000;

    private final Random random = new Random(42);
    private final List<String> acknowledged = new ArrayList<>();

    @BeforeAll
    static void needsANode() {
        Distribution.assumeBuilt();
    }

    @Test
    void refusesWritesServesReadsAndGoesOn(@TempDir Path directory) throws Exception {
        try (var disk = LoopDisk.mount(directory, "ext4", DISK_BYTES);
                var node = HeadraceNode.builder().data(disk.mountPoint().resolve("data")).build()) {
            node.start();
            try (var client = CrashRounds.client(node.endpoint())) {
                client.createStream(r -> r.streamName(STREAM).shardCount(1));
                client.waiter().waitUntilStreamExists(r -> r.streamName(STREAM));
                assertThat(put(client)).as("before it is full").isNull();
                var ballast = fill(disk.mountPoint());

                var refusal = putUntilRefused(client);
                assertThat(refusal.statusCode()).isEqualTo(503);
                assertThat(refusal.getMessage()).contains("the disk is full; nothing was stored");
                assertThat(sequenceNumbers(client)).isEqualTo(acknowledged);

                Files.delete(ballast);
                long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
                while (put(client) != null) {
                    assertThat(System.nanoTime()).as("takes records again").isLessThan(deadline);
                }
                assertThat(sequenceNumbers(client)).isEqualTo(acknowledged);
            }
            assertThat(node.terminate(Duration.ofMinutes(1))).isZero();
            node.start();
            try (var client = CrashRounds.client(node.endpoint())) {
                assertThat(sequenceNumbers(client)).as("after a restart").isEqualTo(acknowledged);
            }
        }
    }

    /** Takes all room but a little. */
    private static Path fill(Path mountPoint) throws IOException {
        var ballast = mountPoint.resolve("ballast");
        try (var file =
                Files.newByteChannel(
                        ballast,
                        java.nio.file.StandardOpenOption.CREATE_NEW,
                        java.nio.file.StandardOpenOption.WRITE)) {
            var piece = ByteBuffer.allocate(1 << 20);
            while (mountPoint.toFile().getUsableSpace() > LEFT_BYTES) {
                file.write(piece.clear());
            }
        }
        return ballast;
    }

    private KinesisException putUntilRefused(KinesisClient client) {
        for (int i = 0; i < RECORDS_MAX; i++) {
            var refusal = put(client);
            if (refusal != null) {
                return refusal;
            }
        }
        throw new AssertionError("the disk takes no end of records");
    }

    /** Returns why not, or null. */
    private @Nullable KinesisException put(KinesisClient client) {
        var data = new byte[RECORD_BYTES];
        random.nextBytes(data);
        try {
            acknowledged.add(
                    client.putRecord(r ->
                                    r.streamName(STREAM)
                                            .partitionKey("k")
                                            .data(SdkBytes.fromByteArrayUnsafe(data)))
                            .sequenceNumber());
            return null;
        } catch (KinesisException e) {
            return e;
        }
    }

    private static List<String> sequenceNumbers(KinesisClient client) {
        var found = new ArrayList<String>();
        var iterator =
                client.getShardIterator(r ->
                                r.streamName(STREAM)
                                        .shardId("shardId-000000000000")
                                        .shardIteratorType(ShardIteratorType.TRIM_HORIZON))
                        .shardIterator();
        while (true) {
            var token = iterator;
            var answer = client.getRecords(r -> r.shardIterator(token));
            answer.records().stream().map(Record::sequenceNumber).forEach(found::add);
            if (answer.millisBehindLatest() == 0) {
                return found;
            }
            iterator = answer.nextShardIterator();
        }
    }
}
