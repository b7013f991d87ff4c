package io.headrace.router.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RefusalsTest {
    private static final String NAME = "{'StreamName':'a'";
    private static final String A = "'" + ControlPlane.STREAM_ARN + "a'";
    private static final String NOT_FOUND =
            "ResourceNotFoundException: Stream x under account 000000000000 not found.";

    record Case(String operation, String body, String refusal) {}

    static List<Case> cases() {
        return List.of(
                new Case(
                        "CreateStream",
                        "{'StreamName':'a','ShardCount':1}",
                        "ResourceInUseException: Stream a under account 000000000000 already"
                                + " exists."),
                new Case(
                        "CreateStream",
                        "{'StreamName':'y','ShardCount':2,'StreamModeDetails':{'StreamMode':"
                                + "'ON_DEMAND'}}",
                        "InvalidArgumentException: ShardCount is not expected when"
                                + " StreamMode=ON_DEMAND"),
                new Case(
                        "CreateStream",
                        "{'StreamName':'y','ShardCount':2,'Tags':{'a':'100%'}}",
                        "InvalidArgumentException: Failed to add tags to stream y under account"
                                + " 000000000000 because some tags contained illegal characters."),
                new Case("DeleteStream", "{'StreamName':'x'}", NOT_FOUND),
                new Case("DescribeStream", "{'StreamName':'x'}", NOT_FOUND),
                new Case("DescribeStreamSummary", "{'StreamName':'x'}", NOT_FOUND),
                new Case(
                        "DescribeStream",
                        "{}",
                        "InvalidArgumentException: Either StreamName or StreamARN should be"
                                + " provided."),
                new Case(
                        "DescribeStream",
                        "{'StreamName':'b','StreamARN':" + A + "}",
                        "InvalidArgumentException: StreamName b does not match the stream of"
                                + " StreamARN"),
                new Case(
                        "DescribeStream",
                        "{'StreamARN':'arn:aws:kinesis:eu-west-1:000000000000:stream/a'}",
                        "ResourceNotFoundException: Stream a under account 000000000000 not found:"
                                + " this is region us-east-1, not eu-west-1."),
                new Case("ListShards", "{'StreamName':'x'}", NOT_FOUND),
                new Case(
                        "ListShards",
                        "{}",
                        "InvalidArgumentException: Either NextToken or StreamName should be"
                                + " provided."),
                new Case(
                        "ListShards",
                        NAME + ",'NextToken':'AAAA'}",
                        "InvalidArgumentException: NextToken and StreamName cannot be provided"
                                + " together."),
                new Case(
                        "ListShards",
                        "{'NextToken':'AAAA'}",
                        "InvalidArgumentException: Invalid NextToken."),
                new Case(
                        "ListShards",
                        NAME + ",'ShardFilter':{'Type':'AFTER_SHARD_ID'}}",
                        "InvalidArgumentException: ShardFilter of type AFTER_SHARD_ID needs a"
                                + " ShardId."),
                new Case(
                        "ListShards",
                        NAME + ",'StreamCreationTimestamp':1}",
                        "ResourceNotFoundException: Stream a under account 000000000000 not"
                                + " found."),
                new Case(
                        "ListShards",
                        NAME + ",'ShardFilter':{'Type':'SOME'}}",
                        "ValidationException: 1 validation error detected: Value 'SOME' at"
                                + " 'shardFilter.type' failed to satisfy constraint:"),
                new Case(
                        "SplitShard",
                        NAME + ",'ShardToSplit':'shardId-7','NewStartingHashKey':'10'}",
                        "ResourceNotFoundException: Could not find shard shardId-000000000007 in"
                                + " stream a under account 000000000000."),
                new Case(
                        "SplitShard",
                        NAME + ",'ShardToSplit':'nothing','NewStartingHashKey':'10'}",
                        "ResourceNotFoundException: Could not find shard nothing in stream a under"
                                + " account 000000000000."),
                new Case(
                        "SplitShard",
                        NAME
                                + ",'ShardToSplit':'0','NewStartingHashKey':"
                                + "'340282366920938463463374607431768211456'}",
                        "InvalidArgumentException: NewStartingHashKey"
                                + " 340282366920938463463374607431768211456 used in SplitShard() on"
                                + " shard shardId-000000000000 in stream a"),
                new Case(
                        "MergeShards",
                        NAME + ",'ShardToMerge':'1','AdjacentShardToMerge':'0'}",
                        "InvalidArgumentException: Shards shardId-000000000001 and"
                                + " shardId-000000000000 in stream a under account 000000000000 are"
                                + " not an adjacent pair of shards eligible for merging"),
                new Case(
                        "UpdateShardCount",
                        "{'StreamName':'od','TargetShardCount':8,'ScalingType':'UNIFORM_SCALING'}",
                        "ValidationException: Request is invalid. Stream od under account"
                                + " 000000000000 is in On-Demand mode."),
                new Case(
                        "SplitShard",
                        "{'StreamName':'od','ShardToSplit':'0','NewStartingHashKey':'10'}",
                        "ValidationException: Request is invalid. Stream od under account"
                                + " 000000000000 is in On-Demand mode."),
                new Case(
                        "MergeShards",
                        "{'StreamName':'od','ShardToMerge':'0','AdjacentShardToMerge':'1'}",
                        "ValidationException: Request is invalid. Stream od under account"
                                + " 000000000000 is in On-Demand mode."),
                new Case(
                        "UpdateShardCount",
                        NAME + ",'TargetShardCount':7,'ScalingType':'UNIFORM_SCALING'}",
                        "LimitExceededException: UpdateShardCount cannot scale up over double your"
                                + " current open shard count. Current open shard count: 3, Target"
                                + " shard count: 7"),
                new Case(
                        "CreateStream",
                        "{'StreamName':'y','ShardCount':100000000000}",
                        "LimitExceededException: This request would exceed the shard limit for the"
                                + " account 000000000000 in us-east-1. Current shard count for the"
                                + " account: 7. Limit: 100000. Number of additional shards that"
                                + " would have resulted from this request: 2147483647. Refer to"),
                new Case(
                        "CreateStream",
                        "{'StreamName':'y','ShardCount':1e400}",
                        "SerializationException: "),
                new Case(
                        "CreateStream",
                        "{'StreamName':'y','ShardCount':1,'Tags':{'aws:x':''}}",
                        "InvalidArgumentException: Failed to add tags to stream y under account"
                                + " 000000000000 because tag keys that begin with 'aws:' are"
                                + " reserved."),
                new Case(
                        "AddTagsToStream",
                        NAME + ",'Tags':{'AWS:x':''}}",
                        "InvalidArgumentException: Failed to add tags to stream a under account"),
                new Case(
                        "TagResource",
                        "{'ResourceARN':" + A + ",'Tags':{'aws:x':''}}",
                        "InvalidArgumentException: Failed to add tags to stream a under account"),
                new Case(
                        "RegisterStreamConsumer",
                        "{'ConsumerName':'c','StreamARN':" + A + ",'Tags':{'aws:x':''}}",
                        "InvalidArgumentException: Failed to add tags to stream a under account"),
                new Case(
                        "IncreaseStreamRetentionPeriod",
                        NAME + ",'RetentionPeriodHours':23}",
                        "InvalidArgumentException: Minimum allowed retention period is 24 hours."
                                + " Requested retention period (23 hours) is too short."),
                new Case(
                        "IncreaseStreamRetentionPeriod",
                        NAME + ",'RetentionPeriodHours':8761}",
                        "InvalidArgumentException: Maximum allowed retention period is 8760 hours."
                                + " Requested retention period (8761 hours) is too long."),
                new Case(
                        "DecreaseStreamRetentionPeriod",
                        NAME + ",'RetentionPeriodHours':25}",
                        "InvalidArgumentException: Requested retention period (25 hours) for stream"
                                + " a can not be longer than existing retention period (24 hours)."
                                + " Use IncreaseRetentionPeriod API."),
                new Case(
                        "IncreaseStreamRetentionPeriod",
                        "{'StreamName':'x','RetentionPeriodHours':5}",
                        NOT_FOUND),
                new Case(
                        "UpdateStreamWarmThroughput",
                        NAME + ",'WarmThroughputMiBps':10}",
                        "ValidationException: Warm throughput is only supported"),
                new Case(
                        "RegisterStreamConsumer",
                        "{'ConsumerName':'c','StreamARN':'" + ControlPlane.STREAM_ARN + "x'}",
                        NOT_FOUND),
                new Case(
                        "DescribeStreamConsumer",
                        "{'ConsumerName':'c','StreamARN':" + A + "}",
                        "ResourceNotFoundException: Consumer c under stream a not found for account"
                                + " 000000000000."),
                new Case(
                        "DescribeStreamConsumer",
                        "{'ConsumerName':'c'}",
                        "InvalidArgumentException: Either ConsumerARN or both StreamARN and"
                                + " ConsumerName should be provided."),
                new Case(
                        "DescribeStreamConsumer",
                        "{'ConsumerARN':'" + ControlPlane.STREAM_ARN + "a/consumer/c:5'}",
                        "ResourceNotFoundException: Consumer c under stream a not found"),
                new Case(
                        "AddTagsToStream",
                        NAME + ",'Tags':{'a;b':''}}",
                        "InvalidArgumentException: Some tags contain invalid characters. Valid"
                                + " characters: Unicode letters, digits, white space,"
                                + " _ . / = + - % @ :."),
                new Case(
                        "RemoveTagsFromStream",
                        NAME + ",'TagKeys':['100%']}",
                        "InvalidArgumentException: Failed to remove tags from stream a under"
                                + " account 000000000000 because some tags contained illegal"
                                + " characters."),
                new Case("ListTagsForStream", "{'StreamName':'x'}", NOT_FOUND),
                new Case(
                        "TagResource",
                        "{'ResourceARN':'" + ControlPlane.STREAM_ARN + "x','Tags':{'a':'b'}}",
                        NOT_FOUND),
                new Case(
                        "StartStreamEncryption",
                        NAME + ",'EncryptionType':'KMS','KeyId':'missing'}",
                        "KMSNotFoundException: no master key missing"),
                new Case(
                        "StartStreamEncryption",
                        NAME + ",'EncryptionType':'NONE','KeyId':'k'}",
                        "InvalidArgumentException: EncryptionType must be KMS."),
                new Case(
                        "PutResourcePolicy",
                        "{'Policy':'no','ResourceARN':" + A + "}",
                        "InvalidArgumentException: Malformed policy: the policy is not valid JSON at"
                                + " line 1, column "),
                new Case(
                        "PutResourcePolicy",
                        policy("kinesis:*", ControlPlane.STREAM_ARN + "od"),
                        "InvalidArgumentException: Malformed policy: Statement[0]: Resource '"
                                + ControlPlane.STREAM_ARN
                                + "od' is not "
                                + ControlPlane.STREAM_ARN
                                + "a, whose policy this is"),
                new Case(
                        "PutResourcePolicy",
                        policy("s3:*", ControlPlane.STREAM_ARN + "a"),
                        "InvalidArgumentException: Malformed policy: Statement[0]: 's3:*' is not an"
                                + " action of kinesis"),
                new Case(
                        "SplitShard",
                        "{'StreamName':'','ShardToSplit':'','NewStartingHashKey':''}",
                        "ValidationException: 5 validation errors detected: Value '' at"
                                + " 'newStartingHashKey' failed to satisfy constraint: Member must"
                                + " satisfy regular expression pattern: 0|([1-9]\\d{0,38}); Value ''"
                                + " at 'streamName'"),
                new Case(
                        "UpdateShardCount",
                        "{'StreamName':'','TargetShardCount':0,'ScalingType':''}",
                        "ValidationException: 4 validation errors detected: Value '' at"
                                + " 'scalingType' failed to satisfy constraint: Member must satisfy"
                                + " enum value set: [UNIFORM_SCALING]; Value '' at 'streamName'"),
                new Case(
                        "ListShards",
                        "{'StreamName':'','MaxResults':0,'NextToken':'','ExclusiveStartShardId':'0'}",
                        "ValidationException: 4 validation errors detected: Value '0' at"
                                + " 'maxResults' failed to satisfy constraint: Member must have"
                                + " value greater than or equal to 1; Value '' at 'streamName'"),
                new Case(
                        "DeleteResourcePolicy",
                        "{'ResourceARN':" + A + "}",
                        "ResourceNotFoundException: No resource policy found for resource ARN"),
                new Case(
                        "GetResourcePolicy",
                        "{'ResourceARN':'" + ControlPlane.STREAM_ARN + "x'}",
                        NOT_FOUND),
                new Case(
                        "UpdateMaxRecordSize",
                        "{'StreamARN':" + A + ",'MaxRecordSizeInKiB':10241}",
                        "ValidationException: 1 validation error detected: Value '10241' at"
                                + " 'maxRecordSizeInKiB' failed to satisfy constraint: Member must"
                                + " have value less than or equal to 10240"),
                new Case(
                        "ListStreams",
                        "{'NextToken':'x','ExclusiveStartStreamName':'a'}",
                        "InvalidArgumentException: NextToken and ExclusiveStartStreamName cannot be"
                                + " provided together."));
    }

    private static String policy(String action, String resource) {
        return "{'ResourceARN':"
                + A
                + ",'Policy':'{\\'Statement\\':{\\'Effect\\':\\'Allow\\',\\'Principal\\':\\'*\\',"
                + "\\'Action\\':\\'%s\\',\\'Resource\\':\\'%s\\'}}'}".formatted(action, resource);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void refusesInTheWordsOfKinesis(Case given) {
        var plane = ControlPlane.create();
        plane.call("CreateStream", "{'StreamName':'a','ShardCount':3}");
        plane.call("CreateStream", "{'StreamName':'od'}");
        assertThat(plane.refusal(given.operation(), given.body())).startsWith(given.refusal());
    }
}
