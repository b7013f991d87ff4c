package io.headrace.router.streams;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** A well-formed request of every operation, on whatever stream and consumer a test names. */
@NullMarked
final class EveryRequest {
    private static final String POLICY =
            "{\\'Version\\':\\'2012-10-17\\',\\'Statement\\':[{\\'Effect\\':\\'Allow\\',"
                    + "\\'Principal\\':\\'*\\',\\'Action\\':\\'*\\',\\'Resource\\':\\'*\\'}]}";

    /** On a stream by name or ARN: the members besides. */
    private static final Map<String, String> OF_STREAM =
            Map.ofEntries(
                    Map.entry("AddTagsToStream", "'Tags':{'k':'v'}"),
                    Map.entry("DecreaseStreamRetentionPeriod", "'RetentionPeriodHours':24"),
                    Map.entry("DeleteStream", "'EnforceConsumerDeletion':true"),
                    Map.entry("DescribeStream", "'Limit':1"),
                    Map.entry("DescribeStreamSummary", ""),
                    Map.entry("DisableEnhancedMonitoring", "'ShardLevelMetrics':['ALL']"),
                    Map.entry("EnableEnhancedMonitoring", "'ShardLevelMetrics':['ALL']"),
                    Map.entry("GetShardIterator", "'ShardId':'0','ShardIteratorType':'LATEST'"),
                    Map.entry("IncreaseStreamRetentionPeriod", "'RetentionPeriodHours':48"),
                    Map.entry("ListShards", ""),
                    Map.entry("ListTagsForStream", ""),
                    Map.entry("MergeShards", "'ShardToMerge':'0','AdjacentShardToMerge':'1'"),
                    Map.entry("PutRecord", "'PartitionKey':'k','Data':''"),
                    Map.entry("PutRecords", "'Records':[{'PartitionKey':'k','Data':''}]"),
                    Map.entry("RemoveTagsFromStream", "'TagKeys':['k']"),
                    Map.entry("SplitShard", "'ShardToSplit':'0','NewStartingHashKey':'5'"),
                    Map.entry("StartStreamEncryption", "'EncryptionType':'KMS','KeyId':'k'"),
                    Map.entry("StopStreamEncryption", "'EncryptionType':'KMS','KeyId':'k'"),
                    Map.entry(
                            "UpdateShardCount",
                            "'TargetShardCount':2,'ScalingType':'UNIFORM_SCALING'"),
                    Map.entry("UpdateStreamWarmThroughput", "'WarmThroughputMiBps':10"));

    /** On a stream by ARN only. */
    private static final Map<String, String> OF_STREAM_ARN =
            Map.of(
                    "ListStreamConsumers", "",
                    "RegisterStreamConsumer", "'ConsumerName':'c'",
                    "UpdateMaxRecordSize", "'MaxRecordSizeInKiB':2048",
                    "UpdateStreamMode", "'StreamModeDetails':{'StreamMode':'ON_DEMAND'}");

    /** On a stream or consumer. */
    private static final Map<String, String> OF_RESOURCE =
            Map.of(
                    "DeleteResourcePolicy", "",
                    "GetResourcePolicy", "",
                    "ListTagsForResource", "",
                    "PutResourcePolicy", "'Policy':'" + POLICY + "'",
                    "TagResource", "'Tags':{'k':'v'}",
                    "UntagResource", "'TagKeys':['k']");

    private EveryRequest() {}

    /** On an account. */
    static Map<String, String> ofAccount() {
        return Map.of(
                "DescribeAccountSettings", "{}",
                "DescribeLimits", "{}",
                "ListStreams", "{}",
                "UpdateAccountSettings",
                        "{'MinimumThroughputBillingCommitment':{'Status':'ENABLED'}}");
    }

    /** That make a stream. */
    static Map<String, String> ofNewStream(String name) {
        return Map.of("CreateStream", "{'StreamName':'" + name + "','ShardCount':1}");
    }

    /** On a stream, with what names it and its consumer: its name. */
    static Map<String, String> byName(String stream, String streamArn) {
        var requests = with("'StreamName':'" + stream + "'", OF_STREAM);
        var consumer = "{'StreamARN':'" + streamArn + "','ConsumerName':'c'}";
        requests.put("DeregisterStreamConsumer", consumer);
        requests.put("DescribeStreamConsumer", consumer);
        return requests;
    }

    /** On a stream and its consumer by their ARNs. */
    static Map<String, String> byArn(String streamArn, String consumerArn, String iterator) {
        var requests = with("'StreamARN':'" + streamArn + "'", OF_STREAM);
        requests.putAll(with("'StreamARN':'" + streamArn + "'", OF_STREAM_ARN));
        requests.putAll(with("'ResourceARN':'" + streamArn + "'", OF_RESOURCE));
        requests.put("DeregisterStreamConsumer", "{'ConsumerARN':'" + consumerArn + "'}");
        requests.put("DescribeStreamConsumer", "{'ConsumerARN':'" + consumerArn + "'}");
        requests.put("GetRecords", "{'ShardIterator':'" + iterator + "'}");
        requests.put(
                "SubscribeToShard",
                "{'ConsumerARN':'%s','ShardId':'0','StartingPosition':{'Type':'LATEST'}}"
                        .formatted(consumerArn));
        return requests;
    }

    /** On a consumer as a resource. */
    static Map<String, String> ofConsumerAsResource(String consumerArn) {
        return with("'ResourceARN':'" + consumerArn + "'", OF_RESOURCE);
    }

    private static Map<String, String> with(String named, Map<String, String> members) {
        return members.entrySet().stream()
                .collect(
                        Collectors.toMap(
                                Map.Entry::getKey,
                                entry ->
                                        Stream.of(named, entry.getValue())
                                                .filter(part -> !part.isEmpty())
                                                .collect(Collectors.joining(",", "{", "}")),
                                (one, _) -> one,
                                TreeMap::new));
    }
}
