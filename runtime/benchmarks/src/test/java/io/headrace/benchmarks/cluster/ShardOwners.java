package io.headrace.benchmarks.cluster;

import com.fasterxml.jackson.databind.JsonNode;
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

    /** Whether all nodes answered, and own only what is placed on them. */
    static boolean isSettled(JsonNode status) {
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

    /** Of {@code <stream id>/<number>}. */
    static int number(String shard) {
        return Integer.parseInt(shard.substring(shard.indexOf('/') + 1));
    }
}
