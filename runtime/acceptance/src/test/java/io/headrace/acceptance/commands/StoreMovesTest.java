package io.headrace.acceptance.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.Distribution;
import io.headrace.acceptance.LocalCluster;
import io.headrace.acceptance.Tools;
import io.headrace.acceptance.clients.TestClients;
import io.headrace.testkit.HeadraceNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.EncryptionType;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/**
 * A node's data becomes a cluster's, the cluster is backed up while it is written, and another is
 * made of that.
 */
@Timeout(420)
class StoreMovesTest {
    private static final List<String> STREAMS = List.of("plain", "secret");
    private static final int SHARDS = 3;

    @TempDir Path work;

    /** Records by stream and shard, each its number and its data. */
    private record Content(Map<String, List<String>> records) {
        static Content of(KinesisClient client) {
            var records = new TreeMap<String, List<String>>();
            for (var stream : STREAMS) {
                for (var shard : client.listShards(r -> r.streamName(stream)).shards()) {
                    records.put(stream + "/" + shard.shardId(), read(client, stream, shard));
                }
            }
            return new Content(records);
        }

        private static List<String> read(KinesisClient client, String stream, Shard shard) {
            var found = new ArrayList<String>();
            var iterator =
                    client.getShardIterator(r ->
                                    r.streamName(stream)
                                            .shardId(shard.shardId())
                                            .shardIteratorType(ShardIteratorType.TRIM_HORIZON))
                            .shardIterator();
            while (iterator != null) {
                var from = iterator;
                var answer = client.getRecords(r -> r.shardIterator(from).limit(1000));
                for (var record : answer.records()) {
                    found.add(told(stream, record.sequenceNumber(), record.data().asUtf8String()));
                }
                if (answer.records().isEmpty() && answer.millisBehindLatest() == 0) {
                    break;
                }
                iterator = answer.nextShardIterator();
            }
            return found;
        }
    }

    @BeforeAll
    static void needsNodes() {
        Distribution.assumeBuilt();
    }

    @Test
    void aNodeBecomesAClusterAndAClusterComesBackFromItsBackup() throws Exception {
        var data = LocalCluster.withKeys(work.resolve("single"));
        var before = write(data);
        var first = work.resolve("first");
        var store = first.resolve("store").toUri().toString();

        var moved = headrace("store", "migrate", "--data", data.toString(), "--store", store);
        assertThat(moved.status()).as(moved.output()).isZero();
        assertThat(moved.output()).contains("2 streams", "were read back", "keys.json");
        assertThat(headrace("serve", "--data", data.toString(), "--port", "0").output())
                .contains("was moved to file://");
        assertThat(headrace("store", "migrate", "--data", data.toString(), "--store", store))
                .satisfies(again -> assertThat(again.status()).isNotZero());

        var acknowledged = new ArrayList<String>();
        var zip = work.resolve("backup.zip").toString();
        try (var cluster = LocalCluster.start(first, 2);
                var client = TestClients.blocking(cluster.endpoint(0), cluster.inTurns())) {
            assertThat(Content.of(client)).isEqualTo(before);
            var stop = new AtomicBoolean();
            var sent = new ArrayList<String>();
            var writer = Thread.ofPlatform().start(() -> keepWriting(client, sent, stop));
            await(sent, 300);
            synchronized (sent) {
                acknowledged.addAll(sent);
            }
            var backup = headrace("backup", "--store", store, "--shared", "--to", zip);
            stop.set(true);
            writer.join();
            assertThat(backup.status()).as(backup.output()).isZero();
        }

        var second = work.resolve("second");
        var target = second.resolve("store").toUri().toString();
        var restored = headrace("restore", "--from", zip, "--store", target);
        assertThat(restored.status()).as(restored.output()).isZero();
        try (var cluster = LocalCluster.start(second, 2);
                var client = TestClients.blocking(cluster.endpoint(0), cluster.inTurns())) {
            requireAll(Content.of(client), before, acknowledged);
            put(client, "secret", "after the restore");
        }
        var check = headrace("store", "check", "--store", target, "--shared");
        assertThat(check.status()).as(check.output()).isZero();
        assertThat(headrace("restore", "--from", zip, "--store", target).output())
                .contains("is not empty");
    }

    /** What was there before is there in the same order, and all that was acknowledged. */
    private static void requireAll(Content after, Content before, List<String> acknowledged) {
        before.records()
                .forEach((shard, records) ->
                        assertThat(after.records().get(shard))
                                .as(shard)
                                .hasSizeGreaterThanOrEqualTo(records.size())
                                .startsWith(records.toArray(String[]::new)));
        var all = after.records().values().stream().flatMap(List::stream).toList();
        assertThat(all).containsAll(acknowledged).doesNotHaveDuplicates();
    }

    /** Several journals, epochs and shards with an end; some of it in segments, some not. */
    private Content write(Path data) throws InterruptedException {
        var node = HeadraceNode.builder().data(data).startTimeout(Duration.ofMinutes(2)).build();
        try (node) {
            try (var client = TestClients.blocking(node.start().endpoint())) {
                for (var stream : STREAMS) {
                    client.createStream(r -> r.streamName(stream).shardCount(SHARDS));
                    client.waiter().waitUntilStreamExists(r -> r.streamName(stream));
                }
                client.startStreamEncryption(r ->
                        r.streamName("secret")
                                .encryptionType(EncryptionType.KMS)
                                .keyId("alias/aws/kinesis"));
                client.waiter().waitUntilStreamExists(r -> r.streamName("secret"));
                fill(client, "a");
                client.splitShard(r ->
                        r.streamName("plain")
                                .shardToSplit("shardId-000000000000")
                                .newStartingHashKey("12345"));
                client.waiter().waitUntilStreamExists(r -> r.streamName("plain"));
                fill(client, "b");
            }
            node.kill();
            try (var client = TestClients.blocking(node.start().endpoint())) {
                fill(client, "c");
                var content = Content.of(client);
                node.kill();
                return content;
            }
        }
    }

    private static void fill(KinesisClient client, String what) {
        for (var stream : STREAMS) {
            for (int i = 0; i < 10; i++) {
                var entries = new ArrayList<PutRecordsRequestEntry>();
                for (int j = 0; j < 50; j++) {
                    var text = what + i + "-" + j;
                    entries.add(
                            PutRecordsRequestEntry.builder()
                                    .partitionKey(text)
                                    .data(SdkBytes.fromUtf8String(text + "x".repeat(1000)))
                                    .build());
                }
                var answer = client.putRecords(r -> r.streamName(stream).records(entries));
                assertThat(answer.failedRecordCount()).isZero();
            }
        }
    }

    private static void keepWriting(KinesisClient client, List<String> sent, AtomicBoolean stop) {
        for (int i = 0; !stop.get(); i++) {
            var record = put(client, STREAMS.get(i % 2), "live-" + i);
            synchronized (sent) {
                sent.add(record);
                sent.notifyAll();
            }
        }
    }

    private static String put(KinesisClient client, String stream, String text) {
        var answer =
                client.putRecord(r ->
                        r.streamName(stream)
                                .partitionKey(text)
                                .data(SdkBytes.fromUtf8String(text)));
        return told(stream, answer.sequenceNumber(), text);
    }

    /** Two streams may give the same number. */
    private static String told(String stream, String number, String data) {
        return "%s %s %s".formatted(stream, number, data.replaceFirst("x+$", ""));
    }

    private static void await(List<String> sent, int count) throws InterruptedException {
        synchronized (sent) {
            while (sent.size() < count) {
                sent.wait();
            }
        }
    }

    private static Tools.Outcome headrace(String... arguments)
            throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(HeadraceNode.findHome().orElseThrow().resolve("headrace").toString());
        command.addAll(List.of(arguments));
        return Tools.run(Path.of("."), command);
    }
}
