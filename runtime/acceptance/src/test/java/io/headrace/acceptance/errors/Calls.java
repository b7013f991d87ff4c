package io.headrace.acceptance.errors;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.model.EncryptionType;
import software.amazon.awssdk.services.kinesis.model.MetricsName;
import software.amazon.awssdk.services.kinesis.model.MinimumThroughputBillingCommitmentInputStatus;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.ScalingType;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamMode;

/**
 * A call of each operation that nothing is wrong with: what it is about and who asks decide whether
 * it is refused.
 */
final class Calls {
    static final SdkBytes DATA = SdkBytes.fromUtf8String("x");
    private static final PutRecordsRequestEntry RECORD =
            PutRecordsRequestEntry.builder().partitionKey("a").data(DATA).build();
    static final String SHARD = "shardId-000000000000";
    static final String KEY = "alias/aws/kinesis";

    private static final Map<String, Call> ALL = new TreeMap<>();

    static {
        streams();
        records();
        shards();
        consumers();
        tags();
        settings();
        account();
    }

    private Calls() {}

    /** Makes one call. */
    @FunctionalInterface
    interface Call {
        void make(Caller caller, Target target);
    }

    static Call of(String operation) {
        return Objects.requireNonNull(ALL.get(operation), operation);
    }

    static Set<String> operations() {
        return ALL.keySet();
    }

    private static void streams() {
        ALL.put(
                "CreateStream",
                (c, t) -> c.client().createStream(r -> r.streamName(t.name()).shardCount(1)));
        ALL.put(
                "DeleteStream",
                (c, t) ->
                        c.client()
                                .deleteStream(
                                        r -> r.streamName(t.name()).streamARN(t.streamArn())));
        ALL.put(
                "DescribeStream",
                (c, t) ->
                        c.client()
                                .describeStream(
                                        r -> r.streamName(t.name()).streamARN(t.streamArn())));
        ALL.put(
                "DescribeStreamSummary",
                (c, t) ->
                        c.client()
                                .describeStreamSummary(
                                        r -> r.streamName(t.name()).streamARN(t.streamArn())));
        ALL.put("ListStreams", (c, _) -> c.client().listStreams(r -> r.limit(10)));
        ALL.put(
                "UpdateStreamMode",
                (c, t) ->
                        c.client()
                                .updateStreamMode(r ->
                                        r.streamARN(t.arn())
                                                .streamModeDetails(
                                                        m -> m.streamMode(StreamMode.ON_DEMAND))));
        ALL.put(
                "UpdateMaxRecordSize",
                (c, t) ->
                        c.client()
                                .updateMaxRecordSize(
                                        r -> r.streamARN(t.arn()).maxRecordSizeInKiB(2048)));
        ALL.put(
                "UpdateStreamWarmThroughput",
                (c, t) ->
                        c.client()
                                .updateStreamWarmThroughput(r ->
                                        r.streamName(t.name())
                                                .streamARN(t.streamArn())
                                                .warmThroughputMiBps(8)));
        ALL.put(
                "IncreaseStreamRetentionPeriod",
                (c, t) ->
                        c.client()
                                .increaseStreamRetentionPeriod(r ->
                                        r.streamName(t.name())
                                                .streamARN(t.streamArn())
                                                .retentionPeriodHours(24)));
        ALL.put(
                "DecreaseStreamRetentionPeriod",
                (c, t) ->
                        c.client()
                                .decreaseStreamRetentionPeriod(r ->
                                        r.streamName(t.name())
                                                .streamARN(t.streamArn())
                                                .retentionPeriodHours(24)));
    }

    private static void records() {
        ALL.put(
                "PutRecord",
                (c, t) ->
                        c.client()
                                .putRecord(r ->
                                        r.streamName(t.name())
                                                .streamARN(t.streamArn())
                                                .partitionKey("a")
                                                .data(DATA)));
        ALL.put(
                "PutRecords",
                (c, t) ->
                        c.client()
                                .putRecords(r ->
                                        r.streamName(t.name())
                                                .streamARN(t.streamArn())
                                                .records(List.of(RECORD))));
        ALL.put(
                "GetShardIterator",
                (c, t) ->
                        c.client()
                                .getShardIterator(r ->
                                        r.streamName(t.name())
                                                .streamARN(t.streamArn())
                                                .shardId(SHARD)
                                                .shardIteratorType(
                                                        ShardIteratorType.TRIM_HORIZON)));
        ALL.put(
                "GetRecords",
                (c, t) -> c.client().getRecords(r -> r.shardIterator(t.shardIterator())));
        ALL.put(
                "SubscribeToShard",
                (c, t) -> c.subscribe(t.consumerArn(), ShardIteratorType.TRIM_HORIZON, null));
    }

    private static void shards() {
        ALL.put(
                "ListShards",
                (c, t) ->
                        c.client()
                                .listShards(r -> r.streamName(t.name()).streamARN(t.streamArn())));
        ALL.put(
                "SplitShard",
                (c, t) ->
                        c.client()
                                .splitShard(r ->
                                        r.streamName(t.name())
                                                .streamARN(t.streamArn())
                                                .shardToSplit(SHARD)
                                                .newStartingHashKey("1000000")));
        ALL.put(
                "MergeShards",
                (c, t) ->
                        c.client()
                                .mergeShards(r ->
                                        r.streamName(t.name())
                                                .streamARN(t.streamArn())
                                                .shardToMerge(SHARD)
                                                .adjacentShardToMerge("shardId-000000000001")));
        ALL.put(
                "UpdateShardCount",
                (c, t) ->
                        c.client()
                                .updateShardCount(r ->
                                        r.streamName(t.name())
                                                .streamARN(t.streamArn())
                                                .targetShardCount(2)
                                                .scalingType(ScalingType.UNIFORM_SCALING)));
    }

    private static void consumers() {
        ALL.put(
                "RegisterStreamConsumer",
                (c, t) ->
                        c.client()
                                .registerStreamConsumer(
                                        r -> r.streamARN(t.arn()).consumerName("one")));
        ALL.put(
                "DeregisterStreamConsumer",
                (c, t) -> c.client().deregisterStreamConsumer(r -> r.consumerARN(t.consumerArn())));
        ALL.put(
                "DescribeStreamConsumer",
                (c, t) -> c.client().describeStreamConsumer(r -> r.consumerARN(t.consumerArn())));
        ALL.put(
                "ListStreamConsumers",
                (c, t) -> c.client().listStreamConsumers(r -> r.streamARN(t.arn())));
    }

    private static void tags() {
        var tags = Map.of("team", "data");
        ALL.put(
                "AddTagsToStream",
                (c, t) ->
                        c.client()
                                .addTagsToStream(r ->
                                        r.streamName(t.name())
                                                .streamARN(t.streamArn())
                                                .tags(tags)));
        ALL.put(
                "RemoveTagsFromStream",
                (c, t) ->
                        c.client()
                                .removeTagsFromStream(r ->
                                        r.streamName(t.name())
                                                .streamARN(t.streamArn())
                                                .tagKeys("team")));
        ALL.put(
                "ListTagsForStream",
                (c, t) ->
                        c.client()
                                .listTagsForStream(
                                        r -> r.streamName(t.name()).streamARN(t.streamArn())));
        ALL.put(
                "TagResource",
                (c, t) -> c.client().tagResource(r -> r.resourceARN(t.arn()).tags(tags)));
        ALL.put(
                "UntagResource",
                (c, t) -> c.client().untagResource(r -> r.resourceARN(t.arn()).tagKeys("team")));
        ALL.put(
                "ListTagsForResource",
                (c, t) -> c.client().listTagsForResource(r -> r.resourceARN(t.arn())));
    }

    private static void settings() {
        ALL.put(
                "EnableEnhancedMonitoring",
                (c, t) ->
                        c.client()
                                .enableEnhancedMonitoring(r ->
                                        r.streamName(t.name())
                                                .streamARN(t.streamArn())
                                                .shardLevelMetrics(MetricsName.ALL)));
        ALL.put(
                "DisableEnhancedMonitoring",
                (c, t) ->
                        c.client()
                                .disableEnhancedMonitoring(r ->
                                        r.streamName(t.name())
                                                .streamARN(t.streamArn())
                                                .shardLevelMetrics(MetricsName.ALL)));
        ALL.put("StartStreamEncryption", (c, t) -> startEncryption(c, t, KEY));
        ALL.put(
                "StopStreamEncryption",
                (c, t) ->
                        c.client()
                                .stopStreamEncryption(r ->
                                        r.streamName(t.name())
                                                .streamARN(t.streamArn())
                                                .encryptionType(EncryptionType.KMS)
                                                .keyId(KEY)));
        ALL.put(
                "PutResourcePolicy",
                (c, t) ->
                        c.client()
                                .putResourcePolicy(r -> r.resourceARN(t.arn()).policy(t.policy())));
        ALL.put(
                "GetResourcePolicy",
                (c, t) -> c.client().getResourcePolicy(r -> r.resourceARN(t.arn())));
        ALL.put(
                "DeleteResourcePolicy",
                (c, t) -> c.client().deleteResourcePolicy(r -> r.resourceARN(t.arn())));
    }

    static void startEncryption(Caller caller, Target target, String key) {
        caller.client()
                .startStreamEncryption(r ->
                        r.streamName(target.name())
                                .streamARN(target.streamArn())
                                .encryptionType(EncryptionType.KMS)
                                .keyId(key));
    }

    private static void account() {
        ALL.put("DescribeLimits", (c, _) -> c.client().describeLimits(_ -> {}));
        ALL.put("DescribeAccountSettings", (c, _) -> c.client().describeAccountSettings(_ -> {}));
        ALL.put(
                "UpdateAccountSettings",
                (c, _) ->
                        c.client()
                                .updateAccountSettings(r ->
                                        r.minimumThroughputBillingCommitment(s ->
                                                s.status(
                                                        MinimumThroughputBillingCommitmentInputStatus
                                                                .DISABLED))));
    }
}
