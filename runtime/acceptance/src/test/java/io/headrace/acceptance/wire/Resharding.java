package io.headrace.acceptance.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.StreamSupport;

/** A change of a stream's shards, to be asked for; its members but the stream's name, in JSON. */
record Resharding(String operation, String members) {
    private static final int SHARDS_MAX = 9;

    String body(String stream) {
        return "{'StreamName':'" + stream + "'," + members + "}";
    }

    /** By no more than half or double. */
    static Resharding scale(JsonNode openShards, Random random) {
        int open = openShards.size();
        int least = (open + 1) / 2;
        int most = Math.max(least, Math.min(open * 2, SHARDS_MAX));
        return new Resharding(
                "UpdateShardCount",
                "'TargetShardCount':%d,'ScalingType':'UNIFORM_SCALING'"
                        .formatted(random.nextInt(least, most + 1)));
    }

    /** Somewhere in any of them. */
    static Resharding split(JsonNode openShards, Random random) {
        var shard = openShards.get(random.nextInt(openShards.size()));
        var start = key(shard, "StartingHashKey");
        var width = key(shard, "EndingHashKey").subtract(start);
        var at = start.add(new BigInteger(width.bitLength() - 1, random)).add(BigInteger.TWO);
        return new Resharding(
                "SplitShard",
                "'ShardToSplit':'%s','NewStartingHashKey':'%s'"
                        .formatted(shard.path("ShardId").asText(), at));
    }

    /** Any two neighbours. */
    static Resharding merge(JsonNode openShards, Random random) {
        List<JsonNode> shards =
                StreamSupport.stream(openShards.spliterator(), false)
                        .sorted(Comparator.comparing(shard -> key(shard, "StartingHashKey")))
                        .toList();
        if (shards.size() < 2) {
            return split(openShards, random);
        }
        int lower = random.nextInt(shards.size() - 1);
        return new Resharding(
                "MergeShards",
                "'ShardToMerge':'%s','AdjacentShardToMerge':'%s'"
                        .formatted(
                                shards.get(lower).path("ShardId").asText(),
                                shards.get(lower + 1).path("ShardId").asText()));
    }

    private static BigInteger key(JsonNode shard, String member) {
        return new BigInteger(shard.path("HashKeyRange").path(member).asText());
    }
}
