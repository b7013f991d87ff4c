package io.headrace.node.command;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a client asks in its first seconds, over HTTP/1.1 and, by upgrade, HTTP/2: enough that the
 * classes of serving are in the start-up cache. One thread.
 */
public final class TrainingRequests {
    private static final String STREAM = "\"StreamName\":\"train\"";
    private static final Pattern ITERATOR =
            Pattern.compile("\"ShardIterator\"\\s*:\\s*\"([^\"]+)\"");
    private static final int PUTS = 5;

    private final HttpClient client;
    private final URI node;
    private final List<Integer> statuses = new ArrayList<>();

    private TrainingRequests(HttpClient client, URI node) {
        this.client = client;
        this.node = node;
    }

    /** Sends them all to a node that has no stream yet, and returns the statuses of its answers. */
    public static List<Integer> sendTo(URI node) throws IOException, InterruptedException {
        var statuses = new ArrayList<Integer>();
        for (var version : HttpClient.Version.values()) {
            try (var client = HttpClient.newBuilder().version(version).build()) {
                var requests = new TrainingRequests(client, node);
                requests.send();
                statuses.addAll(requests.statuses);
            }
        }
        return List.copyOf(statuses);
    }

    private void send() throws IOException, InterruptedException {
        for (var path : List.of("/health/live", "/health/ready", "/metrics")) {
            exchange(HttpRequest.newBuilder(node.resolve(path)).build());
        }
        call("CreateStream", STREAM + ",\"ShardCount\":1");
        call("DescribeStreamSummary", STREAM);
        call("ListStreams", "");
        call("ListShards", STREAM);
        for (int i = 0; i < PUTS; i++) {
            call("PutRecord", STREAM + ",\"PartitionKey\":\"k\",\"Data\":\"aGVhZHJhY2U=\"");
            call(
                    "PutRecords",
                    STREAM + ",\"Records\":[{\"PartitionKey\":\"k\",\"Data\":\"aGVhZHJhY2U=\"}]");
        }
        var iterator =
                call(
                        "GetShardIterator",
                        STREAM
                                + ",\"ShardId\":\"shardId-000000000000\","
                                + "\"ShardIteratorType\":\"TRIM_HORIZON\"");
        var found = ITERATOR.matcher(iterator);
        if (found.find()) {
            call("GetRecords", "\"ShardIterator\":\"" + found.group(1) + "\"");
        }
        call("DeleteStream", STREAM);
    }

    private String call(String operation, String members) throws IOException, InterruptedException {
        return exchange(
                HttpRequest.newBuilder(node)
                        .header("X-Amz-Target", "Kinesis_20131202." + operation)
                        .header("Content-Type", "application/x-amz-json-1.1")
                        .POST(BodyPublishers.ofString("{" + members + "}"))
                        .build());
    }

    private String exchange(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        statuses.add(answer.statusCode());
        return answer.body();
    }
}
