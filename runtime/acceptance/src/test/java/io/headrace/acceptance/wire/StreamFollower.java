package io.headrace.acceptance.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads all of a stream as consumers do: each shard from its beginning to its end, a child after
 * its parents, told of it by their last answers. For one thread.
 */
final class StreamFollower {
    private final Wire wire;
    private final String stream;
    private final Map<String, String> iterators = new HashMap<>();
    private final Map<String, BigInteger> lastNumbers = new HashMap<>();
    private final Map<String, Set<String>> openParents = new HashMap<>();
    private final Set<String> ended = new HashSet<>();
    private final Map<String, List<String>> dataByKey = new HashMap<>();

    /** To be made while the stream still has its first shards. */
    StreamFollower(Wire wire, String stream) {
        this.wire = wire;
        this.stream = stream;
        wire.call("ListShards", "{'StreamName':'" + stream + "'}")
                .path("Shards")
                .forEach(shard -> begin(shard.path("ShardId").asText()));
    }

    /** What came for each key, in order. */
    Map<String, List<String>> dataByKey() {
        return dataByKey;
    }

    /** Reads each shard once; true if there may be more. */
    boolean readAll() {
        boolean more = false;
        for (var shard : List.copyOf(iterators.keySet())) {
            var iterator = iterators.get(shard);
            var answer =
                    wire.call("GetRecords", "{'Limit':500,'ShardIterator':'" + iterator + "'}");
            answer.path("Records").forEach(record -> take(shard, record));
            more |= !answer.path("Records").isEmpty();
            if (answer.has("NextShardIterator")) {
                iterators.put(shard, answer.path("NextShardIterator").asText());
            } else {
                iterators.remove(shard);
                ended.add(shard);
                answer.path("ChildShards").forEach(child -> meet(shard, child));
                more = true;
            }
        }
        return more;
    }

    private void begin(String shard) {
        iterators.put(
                shard,
                wire.call(
                                "GetShardIterator",
                                "{'StreamName':'%s','ShardId':'%s','ShardIteratorType':'TRIM_HORIZON'}"
                                        .formatted(stream, shard))
                        .path("ShardIterator")
                        .asText());
    }

    private void meet(String parent, JsonNode child) {
        var shard = child.path("ShardId").asText();
        var waits =
                openParents.computeIfAbsent(
                        shard,
                        _ -> {
                            var parents = new HashSet<String>();
                            child.path("ParentShards").forEach(id -> parents.add(id.asText()));
                            parents.removeAll(ended);
                            return parents;
                        });
        waits.remove(parent);
        if (waits.isEmpty()) {
            begin(shard);
        }
    }

    private void take(String shard, JsonNode record) {
        var number = new BigInteger(record.path("SequenceNumber").asText());
        var last = lastNumbers.put(shard, number);
        if (last != null && last.compareTo(number) >= 0) {
            throw new AssertionError(shard + " goes back from " + last + " to " + number);
        }
        var data = Base64.getDecoder().decode(record.path("Data").asText());
        dataByKey
                .computeIfAbsent(record.path("PartitionKey").asText(), _ -> new ArrayList<>())
                .add(new String(data, StandardCharsets.UTF_8));
    }
}
