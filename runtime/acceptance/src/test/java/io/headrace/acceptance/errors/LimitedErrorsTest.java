package io.headrace.acceptance.errors;

import io.headrace.testkit.HeadraceNode;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.model.StreamMode;

/** A node that holds AWS's quotas: more calls a second, or changes a day, than they grant. */
class LimitedErrorsTest extends ProvokedErrors {
    private static final String LIMIT = "LimitExceededException";
    private static final String THROUGHPUT = "ProvisionedThroughputExceededException";

    @Override
    HeadraceNode.Builder node(Path directory) {
        return HeadraceNode.builder().options("--limits", "aws");
    }

    @Override
    Map<Pair, Scene.Attempt> table() {
        return all();
    }

    static Map<Pair, Scene.Attempt> all() {
        var table = new TreeMap<Pair, Scene.Attempt>();
        sameAgain(table);
        eachOnce(table);
        shards(table);
        throughput(table);
        table.put(
                new Pair("UpdateStreamMode", LIMIT),
                (c, s) -> {
                    var arn = s.newStream().arn();
                    for (var mode :
                            new StreamMode[] {
                                StreamMode.ON_DEMAND, StreamMode.PROVISIONED, StreamMode.ON_DEMAND
                            }) {
                        c.client()
                                .updateStreamMode(r ->
                                        r.streamARN(arn)
                                                .streamModeDetails(m -> m.streamMode(mode)));
                    }
                });
        table.put(
                new Pair("SubscribeToShard", LIMIT),
                (c, s) -> {
                    var stream = s.withConsumer(s.newStream(), "one");
                    // While the one before is not over yet, that is what the next is refused for.
                    Scene.untilRefused(LIMIT, () -> Calls.of("SubscribeToShard").make(c, stream));
                });
        return table;
    }

    /** What changes nothing when it is called again. */
    private static void sameAgain(Map<Pair, Scene.Attempt> table) {
        for (var operation :
                new String[] {
                    "AddTagsToStream",
                    "DecreaseStreamRetentionPeriod",
                    "DescribeAccountSettings",
                    "DescribeLimits",
                    "DescribeStream",
                    "DescribeStreamConsumer",
                    "DescribeStreamSummary",
                    "DisableEnhancedMonitoring",
                    "EnableEnhancedMonitoring",
                    "GetResourcePolicy",
                    "IncreaseStreamRetentionPeriod",
                    "ListStreamConsumers",
                    "ListStreams",
                    "ListTagsForStream",
                    "PutResourcePolicy",
                    "RemoveTagsFromStream",
                    "UpdateAccountSettings"
                }) {
            table.put(
                    new Pair(operation, LIMIT),
                    (c, s) -> {
                        var stream = s.withConsumer(s.newStream(), "one");
                        Scene.untilRefused(() -> Calls.of(operation).make(c, stream));
                    });
        }
        table.put(
                new Pair("UpdateStreamWarmThroughput", LIMIT),
                (c, s) -> {
                    var stream = s.newOnDemandStream();
                    Scene.untilRefused(
                            () -> Calls.of("UpdateStreamWarmThroughput").make(c, stream));
                });
    }

    /** What each stream or consumer suffers once. */
    private static void eachOnce(Map<Pair, Scene.Attempt> table) {
        table.put(
                new Pair("CreateStream", LIMIT),
                (c, s) ->
                        Scene.untilRefused(() ->
                                Calls.of("CreateStream").make(c, Target.stream(s.newName()))));
        for (var operation : new String[] {"DeleteResourcePolicy", "DeleteStream"}) {
            table.put(
                    new Pair(operation, LIMIT),
                    (c, s) -> {
                        var streams = new ArrayList<Target>();
                        for (int i = 0; i < 12; i++) {
                            var stream = s.newStream();
                            streams.add(stream);
                            Scene.patiently(
                                    () -> Calls.of("PutResourcePolicy").make(s.root(), stream));
                        }
                        for (var stream : streams) {
                            Calls.of(operation).make(c, stream);
                        }
                    });
        }
        table.put(
                new Pair("RegisterStreamConsumer", LIMIT),
                (c, s) -> {
                    var arn = s.newStream().arn();
                    for (int i = 0; i < 20; i++) {
                        var name = "consumer-" + i;
                        c.client().registerStreamConsumer(r -> r.streamARN(arn).consumerName(name));
                    }
                });
        table.put(
                new Pair("DeregisterStreamConsumer", LIMIT),
                (c, s) -> {
                    var stream = s.newStream();
                    var consumers = new ArrayList<Target>();
                    for (int i = 0; i < 12; i++) {
                        consumers.add(s.withConsumer(stream, "consumer-" + i));
                    }
                    for (var consumer : consumers) {
                        Calls.of("DeregisterStreamConsumer").make(c, consumer);
                    }
                });
    }

    private static void shards(Map<Pair, Scene.Attempt> table) {
        table.put(
                new Pair("SplitShard", LIMIT),
                (c, s) -> {
                    var name = s.newStream(16).name();
                    for (int i = 0; i < 16; i++) {
                        var shard = c.client().listShards(r -> r.streamName(name)).shards().get(i);
                        var at = new BigInteger(shard.hashKeyRange().endingHashKey());
                        c.client()
                                .splitShard(r ->
                                        r.streamName(name)
                                                .shardToSplit(shard.shardId())
                                                .newStartingHashKey(
                                                        at.subtract(BigInteger.TEN).toString()));
                    }
                });
        table.put(
                new Pair("MergeShards", LIMIT),
                (c, s) -> {
                    var name = s.newStream(32).name();
                    for (int i = 0; i < 32; i += 2) {
                        var shard = "shardId-%012d".formatted(i);
                        var adjacent = "shardId-%012d".formatted(i + 1);
                        c.client()
                                .mergeShards(r ->
                                        r.streamName(name)
                                                .shardToMerge(shard)
                                                .adjacentShardToMerge(adjacent));
                    }
                });
    }

    private static void throughput(Map<Pair, Scene.Attempt> table) {
        var megabyte = SdkBytes.fromByteArray(new byte[1_000_000]);
        table.put(
                new Pair("PutRecord", THROUGHPUT),
                (c, s) -> {
                    var name = s.newStream().name();
                    Scene.untilRefused(() ->
                            c.client()
                                    .putRecord(r ->
                                            r.streamName(name).partitionKey("a").data(megabyte)));
                });
        for (var operation : new String[] {"GetRecords", "GetShardIterator"}) {
            table.put(
                    new Pair(operation, THROUGHPUT),
                    (c, s) -> {
                        var stream = s.withIterator(s.newStream());
                        Scene.untilRefused(() -> Calls.of(operation).make(c, stream));
                    });
        }
    }
}
