package io.headrace.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.objects.RunningS3Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Nodes on a real S3 server, by themselves and together. */
class SharedStoreTest {
    @RegisterExtension static final RunningS3Server SERVER = new RunningS3Server();

    @TempDir Path directory;

    private Map<String, String> store = Map.of();

    @BeforeEach
    void storeOfItsOwn() throws Exception {
        var settings = SERVER.settings();
        var keys = Files.writeString(directory.resolve("keys"), credentials());
        store =
                Map.of(
                        "store",
                        "s3://" + settings.bucket() + "/" + settings.prefix(),
                        "s3.endpoint",
                        settings.endpoint().toString(),
                        "s3.region",
                        settings.region(),
                        "s3.credentials",
                        keys.toString());
    }

    private static String credentials() {
        var environment = System.getenv();
        return environment.containsKey("HEADRACE_S3_ENDPOINT")
                ? "AWS_ACCESS_KEY_ID=%s%nAWS_SECRET_ACCESS_KEY=%s%n"
                        .formatted(
                                environment.get("AWS_ACCESS_KEY_ID"),
                                environment.get("AWS_SECRET_ACCESS_KEY"))
                : "AWS_ACCESS_KEY_ID=headrace\nAWS_SECRET_ACCESS_KEY=a-secret-for-tests\n";
    }

    @Test
    void everythingIsThereAfterARestartOnAnotherMachine() throws Exception {
        var expected = new ArrayList<String>();
        try (var node = node("a", Map.of())) {
            node.createStream("s", 2);
            put(node, 0, expected);
            node.call(
                    "SplitShard",
                    "{\"StreamName\":\"s\",\"ShardToSplit\":\"shardId-000000000000\",\"NewStartingHashKey\":\"10000\"}");
            put(node, 20, expected);
        }
        try (var node = node("b", Map.of())) {
            put(node, 40, expected);
            assertThat(node.readAll("s")).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    void whatOneNodeChangedEveryNodeKnows() throws Exception {
        int port = freePort();
        try (var one = node("a", member(port, port));
                var other = node("b", member(freePort(), port))) {
            var expected = new ArrayList<String>();
            for (int round = 0; round < 3; round++) {
                var stream = "s" + round;
                one.call(
                        "CreateStream",
                        "{\"StreamName\":\"%s\",\"ShardCount\":4}".formatted(stream));
                other.put(stream, "key", "first");
                assertThat(one.readAll(stream)).containsExactly("first");
                assertThat(other.call("ListStreams", "{}").toString()).contains(stream);
                other.call("DeleteStream", "{\"StreamName\":\"%s\"}".formatted(stream));
                assertThat(one.send("PutRecord", TestNode.putBody(stream, "k", "d")).body())
                        .contains("ResourceNotFoundException");
            }
            one.createStream("s", 2);
            for (var node : List.of(one, other)) {
                put(node, 20 * expected.size(), expected);
            }
            one.call(
                    "SplitShard",
                    "{\"StreamName\":\"s\",\"ShardToSplit\":\"shardId-000000000000\",\"NewStartingHashKey\":\"10000\"}");
            put(other, 1000, expected);
            other.call(
                    "MergeShards",
                    "{\"StreamName\":\"s\",\"ShardToMerge\":\"shardId-000000000002\",\"AdjacentShardToMerge\":\"shardId-000000000003\"}");
            put(one, 2000, expected);
            assertThat(one.readAll("s")).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(other.readAll("s")).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(one.get("/cluster").body()).contains("\"a\"", "\"b\"", "READY");
            other.stop();
            put(one, 3000, expected);
            assertThat(one.readAll("s")).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    private Map<String, String> member(int port, int join) {
        return Map.of(
                "join",
                "127.0.0.1:" + join,
                "cluster.port",
                Integer.toString(port),
                "event-bus-port",
                Integer.toString(freePort()),
                "cluster.name",
                "test-" + ProcessHandle.current().pid());
    }

    private TestNode node(String name, Map<String, String> more) throws Exception {
        var settings = new HashMap<>(store);
        settings.putAll(more);
        if (more.containsKey("join")) {
            settings.put("node-name", name);
        }
        return TestNode.start(directory.resolve(name), Surroundings.real(), settings);
    }

    private static void put(TestNode node, int from, List<String> stored) throws Exception {
        for (int i = from; i < from + 20; i++) {
            node.put("s", "key-" + i, "record " + i);
            stored.add("record " + i);
        }
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
