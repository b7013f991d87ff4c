package io.headrace.acceptance.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;

/** Who owns the streams that are fuzzed: makes the one that requests are about, and cleans up. */
final class FuzzedStream {
    static final String KEY_ID = "FUZZKEY";
    static final String SECRET = "fuzz-secret";

    private final Wire wire;

    FuzzedStream(URI endpoint) {
        wire = new Wire(endpoint);
    }

    /** The operations and bodies of the resource, their places still open. */
    static List<String> templates() throws IOException {
        try (var in = FuzzedStream.class.getResourceAsStream("/every-operation.txt")) {
            var text =
                    new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().filter(line -> !line.startsWith("#")).toList();
        }
    }

    /** Sound requests about a stream, which is made if the last ones deleted it. */
    List<String> requests(String stream) throws IOException {
        var named = "{'StreamName':'" + stream + "'";
        send("CreateStream", named + ",'ShardCount':2}");
        var arn =
                call("DescribeStreamSummary", named + "}")
                        .at("/StreamDescriptionSummary/StreamARN")
                        .asText();
        send("RegisterStreamConsumer", "{'StreamARN':'" + arn + "','ConsumerName':'fuzz'}");
        var consumer =
                send("DescribeStreamConsumer", "{'StreamARN':'" + arn + "','ConsumerName':'fuzz'}")
                        .body()
                        .at("/ConsumerDescription/ConsumerARN")
                        .asText();
        var shards = call("ListShards", named + "}").path("Shards");
        var shard = shards.get(shards.size() - 1).path("ShardId").asText();
        var iterator =
                call(
                                "GetShardIterator",
                                named
                                        + ",'ShardIteratorType':'TRIM_HORIZON','ShardId':'%s'}"
                                                .formatted(shard))
                        .path("ShardIterator")
                        .asText();
        return templates().stream()
                .map(line ->
                        line.replace("STREAM", stream)
                                .replace("\"ARN\"", "\"" + arn + "\"")
                                .replace("\\\"ARN\\\"", "\\\"" + arn + "\\\"")
                                .replace("CONSUMER", consumer)
                                .replace("ITERATOR", iterator)
                                .replace("\"SHARD\"", "\"" + shard + "\""))
                .toList();
    }

    /** Deletes all streams. */
    void removeAll() {
        var names = call("ListStreams", "{'Limit':10000}").path("StreamNames");
        names.forEach(name ->
                call(
                        "DeleteStream",
                        "{'EnforceConsumerDeletion':true,'StreamName':'" + name.asText() + "'}"));
    }

    /** A record of a new stream, put and read back. */
    String putAndRead(String data) {
        var named = "{'StreamName':'after'";
        call("CreateStream", named + ",'ShardCount':1}");
        var put =
                call(
                        "PutRecord",
                        named + ",'PartitionKey':'k','Data':'%s'}".formatted(Wire.base64(data)));
        var iterator =
                call(
                        "GetShardIterator",
                        named
                                + ",'ShardIteratorType':'TRIM_HORIZON','ShardId':'%s'}"
                                        .formatted(put.path("ShardId").asText()));
        var read =
                call(
                        "GetRecords",
                        "{'ShardIterator':'" + iterator.path("ShardIterator").asText() + "'}");
        return read.path("Records").get(0).path("Data").asText();
    }

    private JsonNode call(String operation, String body) {
        var answer = send(operation, body);
        if (answer.status() != 200) {
            throw new AssertionError(operation + " " + body + " was answered " + answer.text());
        }
        return answer.body();
    }

    private Wire.Answer send(String operation, String body) {
        var bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        var now = InstantSource.system().instant();
        var signing = new Signing(wire.endpoint(), KEY_ID, SECRET, null, now);
        return wire.send(
                "POST", "", signing.header(Wire.headers(operation, Wire.JSON), bytes), bytes);
    }
}
