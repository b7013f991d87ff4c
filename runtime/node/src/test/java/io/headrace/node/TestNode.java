package io.headrace.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.node.settings.Key;
import io.headrace.node.settings.Keys;
import io.headrace.node.settings.SettingsReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A node in this process, and what a client asks it over the wire. */
public final class TestNode implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Node node;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private TestNode(Node node) {
        this.node = node;
    }

    public static TestNode start(Path data) throws Exception {
        return start(data, Surroundings.real());
    }

    public static TestNode start(Path data, Surroundings surroundings) throws Exception {
        return start(data, surroundings, Map.of());
    }

    /** With more settings, by their names. */
    public static TestNode start(Path data, Surroundings surroundings, Map<String, String> more)
            throws Exception {
        var options = new HashMap<Key<?>, String>();
        options.put(Keys.byName("port"), "0");
        options.put(Keys.byName("data"), data.toString());
        more.forEach((name, value) -> options.put(Keys.byName(name), value));
        var settings = SettingsReader.read(options, Map.of(), Optional.empty()).settings();
        return new TestNode(Node.start(settings, surroundings));
    }

    public URI address() {
        return node.addresses().getFirst();
    }

    public StreamGroups groups() {
        return node.groups();
    }

    /** Any operation in JSON; its answer must be 200. */
    public JsonNode call(String operation, String body) throws IOException, InterruptedException {
        var answer = send(operation, body);
        if (answer.statusCode() != 200) {
            throw new IOException(operation + ": " + answer.statusCode() + " " + answer.body());
        }
        return answer.body().isEmpty() ? JSON.nullNode() : JSON.readTree(answer.body());
    }

    public HttpResponse<String> send(String operation, String body)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(address())
                        .header("X-Amz-Target", "Kinesis_20131202." + operation)
                        .header("Content-Type", "application/x-amz-json-1.1")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    public void createStream(String name, int shards) throws Exception {
        call("CreateStream", "{\"StreamName\":\"%s\",\"ShardCount\":%d}".formatted(name, shards));
        while (!call("DescribeStreamSummary", "{\"StreamName\":\"" + name + "\"}")
                .at("/StreamDescriptionSummary/StreamStatus")
                .asText()
                .equals("ACTIVE")) {
            Thread.sleep(10);
        }
    }

    public static String putBody(String stream, String key, String data) {
        var base64 = Base64.getEncoder().encodeToString(data.getBytes(StandardCharsets.UTF_8));
        return "{\"StreamName\":\"%s\",\"PartitionKey\":\"%s\",\"Data\":\"%s\"}"
                .formatted(stream, key, base64);
    }

    public void put(String stream, String key, String data) throws Exception {
        call("PutRecord", putBody(stream, key, data));
    }

    /** Every record of every shard, as text; stops a shard where it is caught up. */
    public List<String> readAll(String stream) throws Exception {
        var found = new ArrayList<String>();
        int shards = call("ListShards", "{\"StreamName\":\"" + stream + "\"}").get("Shards").size();
        for (int shard = 0; shard < shards; shard++) {
            found.addAll(readAll(stream, shard));
        }
        return found;
    }

    public List<String> readAll(String stream, int shardPosition) throws Exception {
        var shard =
                call("ListShards", "{\"StreamName\":\"" + stream + "\"}")
                        .get("Shards")
                        .get(shardPosition)
                        .get("ShardId")
                        .asText();
        var iterator =
                call(
                                "GetShardIterator",
                                "{\"StreamName\":\"%s\",\"ShardId\":\"%s\",\"ShardIteratorType\":\"TRIM_HORIZON\"}"
                                        .formatted(stream, shard))
                        .get("ShardIterator")
                        .asText();
        var found = new ArrayList<String>();
        while (true) {
            var answer = call("GetRecords", "{\"ShardIterator\":\"" + iterator + "\"}");
            for (var record : answer.get("Records")) {
                var data = Base64.getDecoder().decode(record.get("Data").asText());
                found.add(new String(data, StandardCharsets.UTF_8));
            }
            if (answer.get("MillisBehindLatest").asLong() == 0
                    || answer.get("NextShardIterator") == null) {
                return found;
            }
            iterator = answer.get("NextShardIterator").asText();
        }
    }

    public HttpResponse<String> get(String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(address().resolve(path)).build(), BodyHandlers.ofString());
    }

    /** Samples by name and labels. */
    public Map<String, Double> metrics() throws Exception {
        var samples = new TreeMap<String, Double>();
        for (var line : get("/metrics").body().split("\n", -1)) {
            if (!line.isEmpty() && !line.startsWith("#")) {
                int space = line.lastIndexOf(' ');
                samples.put(line.substring(0, space), Double.valueOf(line.substring(space + 1)));
            }
        }
        return samples;
    }

    /** Stops the node as SIGTERM does. */
    public void stop() {
        node.close();
    }

    @Override
    public void close() {
        node.close();
        client.close();
    }
}
