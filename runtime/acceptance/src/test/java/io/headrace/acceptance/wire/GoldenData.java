package io.headrace.acceptance.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.acceptance.Tools;
import io.headrace.testkit.HeadraceNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * A data directory as one version of a node left it, and what must be found in it. {@link #main}
 * makes those of a new format, into a folder of their own; the old ones stay as they are.
 */
final class GoldenData {
    /** When it was made; its nodes live then, or their records would be past retention. */
    static final Instant MADE = Instant.parse("2026-11-23T00:00:00Z");

    private static final List<String> STREAMS = List.of("plain", "sealed", "reshaped");
    private static final int SHARDS_WITH_RECORDS = 7;
    private static final Duration UNTIL_SEGMENTS = Duration.ofMinutes(61);

    private GoldenData() {}

    /**
     * Makes {@code data.zip}, {@code backup.zip} and {@code expected.json}.
     *
     * @param arguments the folder
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        var folder = Files.createDirectories(Path.of(arguments[0]).toAbsolutePath());
        var work = Files.createTempDirectory("golden");
        var data = work.resolve("data");
        JsonNode expected;
        try (var node = node(work, data, MADE).start()) {
            var wire = new Wire(node.endpoint());
            fill(wire, "old");
            // Long after, what is in the journal becomes segments.
            setClock(work, MADE.plus(UNTIL_SEGMENTS));
            while (segments(data) < SHARDS_WITH_RECORDS) {
                Thread.onSpinWait();
            }
            more(wire, node);
            expected = found(wire);
            node.terminate(Duration.ofSeconds(60));
        }
        Files.writeString(
                folder.resolve("expected.json"), Wire.JSON_MAPPER.writeValueAsString(expected));
        zip(data, folder.resolve("data.zip"));
        var backup = folder.resolve("backup.zip");
        Files.deleteIfExists(backup);
        var done =
                headrace(
                        "backup",
                        "--data",
                        data.toString(),
                        "--to",
                        backup.toString(),
                        "--keys",
                        data.resolve("keys.json").toString());
        System.out.println(done.output());
    }

    /** A node that lives at a time. */
    static HeadraceNode.Builder node(Path work, Path data, Instant at) throws IOException {
        setClock(work, at);
        return HeadraceNode.builder()
                .data(data)
                .environment(
                        "HEADRACE_JAVA_OPTS",
                        "-Dheadrace.test.clock=" + work.resolve("clock").toAbsolutePath());
    }

    private static void setClock(Path work, Instant at) throws IOException {
        var offset = Duration.between(InstantSource.system().instant(), at);
        Files.writeString(work.resolve("clock"), Long.toString(offset.toMillis()));
    }

    static Tools.Outcome headrace(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(arguments));
        command.addFirst(HeadraceNode.findHome().orElseThrow().resolve("headrace").toString());
        return Tools.run(Path.of("."), command);
    }

    private static void fill(Wire wire, String what) {
        for (var stream : STREAMS) {
            wire.call(
                    "CreateStream",
                    "{'StreamName':'%s','ShardCount':2,'Tags':{'team':'%s'}}"
                            .formatted(stream, stream));
        }
        wire.call(
                "StartStreamEncryption",
                "{'StreamName':'sealed','EncryptionType':'KMS','KeyId':'alias/aws/kinesis'}");
        put(wire, what);
        wire.call(
                "SplitShard",
                "{'StreamName':'reshaped','ShardToSplit':'shardId-000000000000','NewStartingHashKey':'7'}");
        wire.call(
                "MergeShards",
                "{'StreamName':'reshaped','ShardToMerge':'shardId-000000000003','AdjacentShardToMerge':'shardId-000000000001'}");
        put(wire, what + " after");
    }

    private static void more(Wire wire, HeadraceNode node)
            throws IOException, InterruptedException {
        var arn = wire.arnOf("plain");
        wire.call("RegisterStreamConsumer", "{'StreamARN':'" + arn + "','ConsumerName':'pushed'}");
        wire.call(
                "IncreaseStreamRetentionPeriod",
                "{'StreamName':'plain','RetentionPeriodHours':48}");
        wire.call(
                "PutResourcePolicy",
                """
                {"ResourceARN":"%s","Policy":"{\\"Version\\":\\"2012-10-17\\",\\"Statement\\":[{\\"Effect\\":\\"Allow\\",\
                \\"Principal\\":{\\"AWS\\":\\"111122223333\\"},\\"Action\\":\\"kinesis:GetRecords\\",\\"Resource\\":\\"%s\\"}]}"}
                """
                        .formatted(arn, arn));
        wire.call(
                "UpdateAccountSettings",
                "{'MinimumThroughputBillingCommitment':{'Status':'DISABLED'}}");
        var reset =
                headrace(
                        "consumer",
                        "reset",
                        "billing",
                        "--create",
                        "--stream",
                        "plain",
                        "--to",
                        "oldest",
                        "--endpoint",
                        node.endpoint().toString());
        if (reset.status() != 0) {
            throw new IOException(reset.output());
        }
        put(wire, "new");
    }

    private static void put(Wire wire, String what) {
        for (var stream : STREAMS) {
            for (int i = 0; i < 20; i++) {
                wire.call(
                        "PutRecord",
                        "{'StreamName':'%s','PartitionKey':'key-%d','Data':'%s'}"
                                .formatted(stream, i % 7, Wire.base64(what + " " + i)));
            }
        }
    }

    /** All that a node tells of its streams. */
    static JsonNode found(Wire wire) {
        var found = Wire.JSON_MAPPER.createObjectNode();
        found.set("account", wire.call("DescribeAccountSettings", "{}"));
        found.set("list", wire.call("ListStreams", "{}"));
        found.set("lag", lag(wire));
        for (var stream : STREAMS) {
            var named = "{'StreamName':'" + stream + "'";
            var resource = "{'ResourceARN':'" + wire.arnOf(stream) + "'}";
            var told = found.putObject(stream);
            told.set("summary", wire.call("DescribeStreamSummary", named + "}"));
            told.set("shards", wire.call("ListShards", named + "}"));
            told.set("tags", wire.call("ListTagsForStream", named + "}"));
            told.set("policy", wire.call("GetResourcePolicy", resource));
            told.set(
                    "consumers",
                    wire.call("ListStreamConsumers", resource.replace("Resource", "Stream")));
            var records = told.putObject("records");
            told.at("/shards/Shards")
                    .forEach(shard -> {
                        var id = shard.path("ShardId").asText();
                        records.set(id, records(wire, named, id));
                    });
        }
        return found;
    }

    private static JsonNode lag(Wire wire) {
        var headers = Wire.headers("", Wire.JSON);
        headers.put("x-amz-target", "HeadraceAdmin.GetConsumerLag");
        var body = "{\"Consumer\":\"billing\"}".getBytes(StandardCharsets.UTF_8);
        var lag = wire.send("POST", "", headers, body).body();
        // What the clock says is no matter of the files.
        lag.path("Shards").forEach(shard -> ((ObjectNode) shard).remove("MillisBehind"));
        return lag;
    }

    private static JsonNode records(Wire wire, String named, String shard) {
        var iterator =
                wire.call(
                        "GetShardIterator",
                        named
                                + ",'ShardId':'%s','ShardIteratorType':'TRIM_HORIZON'}"
                                        .formatted(shard));
        var records = Wire.JSON_MAPPER.createArrayNode();
        var next = iterator.path("ShardIterator").asText();
        // A page ends where a segment does, so that an empty one is the first without news.
        while (!next.isEmpty()) {
            var read = wire.call("GetRecords", "{'ShardIterator':'" + next + "'}");
            read.path("Records").forEach(records::add);
            next = read.path("Records").isEmpty() ? "" : read.path("NextShardIterator").asText();
        }
        return records;
    }

    private static long segments(Path data) throws IOException {
        return files(data).stream().filter(file -> file.toString().contains("/segments/")).count();
    }

    private static List<Path> files(Path directory) throws IOException {
        try (var all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).sorted(Comparator.naturalOrder()).toList();
        }
    }

    private static void zip(Path directory, Path target) throws IOException {
        try (var out = new ZipOutputStream(Files.newOutputStream(target))) {
            out.setLevel(9);
            for (var file : files(directory)) {
                out.putNextEntry(new ZipEntry(directory.relativize(file).toString()));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
    }

    /** The files of an archive of the test's resources, put into a directory. */
    static void unzip(String resource, Path directory) throws IOException {
        try (var in = GoldenData.class.getResourceAsStream(resource)) {
            var zip = new ZipInputStream(Objects.requireNonNull(in));
            for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                var file = directory.resolve(entry.getName());
                Files.createDirectories(Objects.requireNonNull(file.getParent()));
                Files.copy(zip, file);
                if (entry.getName().equals("keys.json")) {
                    Files.setPosixFilePermissions(
                            file, PosixFilePermissions.fromString("rw-------"));
                }
            }
        }
    }
}
