package io.headrace.benchmarks.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;

/** Reads who owns what from the answer of {@code GET /cluster}. */
final class ShardOwners {
    private static final String NODE = "node-";

    private ShardOwners() {}

    /** Nodes by number, as {@link BenchCluster} calls them; shards by what the cluster does. */
    static Map<String, Integer> of(JsonNode status) {
        var owners = new TreeMap<String, Integer>();
        for (var node : status.path("nodes")) {
            int number = Integer.parseInt(node.path("name").asText().substring(NODE.length()));
            node.path("shards").forEach(shard -> owners.put(shard.path("shard").asText(), number));
        }
        return owners;
    }

    /** Whether so many nodes answered, and own only what is placed on them. */
    static boolean isSettled(JsonNode status, int nodes) {
        if (status.path("nodes").size() != nodes) {
            return false;
        }
        for (var node : status.path("nodes")) {
            if (!node.path("isAnswering").asBoolean()) {
                return false;
            }
            for (var shard : node.path("shards")) {
                if (!shard.path("isPlacedHere").asBoolean()) {
                    return false;
                }
            }
        }
        return true;
    }

    /** How many shards each node has, and how many of them misplaced. */
    static String summary(JsonNode status) {
        var nodes = new ArrayList<String>();
        for (var node : status.path("nodes")) {
            int misplaced = 0;
            for (var shard : node.path("shards")) {
                misplaced += shard.path("isPlacedHere").asBoolean() ? 0 : 1;
            }
            nodes.add(
                    "%s %s: %d shards, %d misplaced"
                            .formatted(
                                    node.path("name").asText(),
                                    node.path("isAnswering").asBoolean()
                                            ? node.path("state").asText()
                                            : "silent",
                                    node.path("shards").size(),
                                    misplaced));
        }
        return String.join("; ", nodes);
    }

    /** Of {@code <stream id>/<number>}. */
    static int number(String shard) {
        return Integer.parseInt(shard.substring(shard.indexOf('/') + 1));
    }
}
