package io.headrace.router.streams;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.headrace.store.stream.StreamFixture;
import io.headrace.store.stream.StreamLimits;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamOperationsTest {
    private static final String A = "{'StreamName':'a'";
    private static final String ARN = "'" + ControlPlane.STREAM_ARN + "a'";

    private final ControlPlane plane = ControlPlane.create();

    @Test
    void servesEveryOperationThatMovesNoRecords() {
        assertThat(plane.operations.names()).hasSize(34).doesNotHaveDuplicates();
        assertThat(plane.operations.names())
                .doesNotContain(
                        "PutRecord",
                        "PutRecords",
                        "GetRecords",
                        "GetShardIterator",
                        "SubscribeToShard");
    }

    @Test
    void describesANewStreamWithTheMembersOfKinesis() {
        plane.call("CreateStream", "{'StreamName':'a','ShardCount':2,'MaxRecordSizeInKiB':2048}");
        var stream = plane.call("DescribeStream", A + "}").get("StreamDescription");
        assertThat(stream.properties())
                .extracting(member -> member.getKey())
                .containsExactlyInAnyOrder(
                        "StreamName",
                        "StreamARN",
                        "StreamStatus",
                        "StreamModeDetails",
                        "Shards",
                        "HasMoreShards",
                        "RetentionPeriodHours",
                        "StreamCreationTimestamp",
                        "EnhancedMonitoring",
                        "EncryptionType");
        assertThat(stream.get("StreamARN").asText()).isEqualTo(ControlPlane.STREAM_ARN + "a");
        assertThat(stream.get("StreamStatus").asText()).isEqualTo("ACTIVE");
        assertThat(stream.at("/StreamModeDetails/StreamMode").asText()).isEqualTo("PROVISIONED");
        assertThat(stream.get("EnhancedMonitoring").toString())
                .isEqualTo("[{\"ShardLevelMetrics\":[]}]");
        assertThat(stream.get("Shards")).hasSize(2);
        var starting = plane.fixture.state("a").shards().all().getFirst().startingNumber();
        assertThat(stream.at("/Shards/0"))
                .isEqualTo(
                        ControlPlane.json(
                                """
                                {'ShardId': 'shardId-000000000000',
                                 'HashKeyRange': {
                                  'StartingHashKey': '0',
                                  'EndingHashKey': '170141183460469231731687303715884105727'},
                                 'SequenceNumberRange': {'StartingSequenceNumber': '%s'}}
                                """
                                        .formatted(starting)));
        var summary = summary();
        assertThat(summary.get("OpenShardCount").asInt()).isEqualTo(2);
        assertThat(summary.get("ConsumerCount").asInt()).isZero();
        assertThat(summary.get("MaxRecordSizeInKiB").asInt()).isEqualTo(2048);
        assertThat(summary.has("KeyId") || summary.has("WarmThroughput")).isFalse();
    }

    @Test
    void aStreamWithoutShardCountIsOnDemandWithFourShards() {
        plane.call("CreateStream", A + "}");
        assertThat(summary().get("OpenShardCount").asInt()).isEqualTo(4);
        assertThat(summary().at("/StreamModeDetails/StreamMode").asText()).isEqualTo("ON_DEMAND");
        plane.call("UpdateStreamWarmThroughput", A + ",'WarmThroughputMiBps':10}");
        assertThat(summary().at("/WarmThroughput/TargetMiBps").asInt()).isEqualTo(10);
        plane.call(
                "UpdateStreamMode",
                "{'StreamARN':" + ARN + ",'StreamModeDetails':{'StreamMode':'PROVISIONED'}}");
        assertThat(summary().at("/StreamModeDetails/StreamMode").asText()).isEqualTo("PROVISIONED");
        assertThat(summary().has("WarmThroughput")).isFalse();
    }

    @Test
    void describeStreamGivesAHundredShardsAtATime() {
        plane.call("CreateStream", "{'StreamName':'a','ShardCount':250}");
        var first = plane.call("DescribeStream", A + ",'Limit':10000}").get("StreamDescription");
        assertThat(first.get("Shards")).hasSize(100);
        assertThat(first.get("HasMoreShards").asBoolean()).isTrue();
        var last =
                plane.call("DescribeStream", A + ",'ExclusiveStartShardId':'shardId-000000000199'}")
                        .get("StreamDescription");
        assertThat(last.at("/Shards/0/ShardId").asText()).isEqualTo("shardId-000000000200");
        assertThat(last.get("Shards")).hasSize(50);
        assertThat(last.get("HasMoreShards").asBoolean()).isFalse();
    }

    @Test
    void listsStreamsPageByPage() {
        for (int i = 0; i < 5; i++) {
            plane.call("CreateStream", "{'StreamName':'s" + i + "','ShardCount':1}");
        }
        var page = plane.call("ListStreams", "{'Limit':2}");
        assertThat(page.get("StreamNames").toString()).isEqualTo("[\"s0\",\"s1\"]");
        assertThat(page.at("/StreamSummaries/1/StreamName").asText()).isEqualTo("s1");
        assertThat(page.get("HasMoreStreams").asBoolean()).isTrue();
        page =
                plane.call(
                        "ListStreams",
                        "{'Limit':2,'NextToken':'" + page.get("NextToken").asText() + "'}");
        assertThat(page.get("StreamNames").toString()).isEqualTo("[\"s2\",\"s3\"]");
        page = plane.call("ListStreams", "{'ExclusiveStartStreamName':'s3'}");
        assertThat(page.get("StreamNames").toString()).isEqualTo("[\"s4\"]");
        assertThat(page.get("HasMoreStreams").asBoolean()).isFalse();
        assertThat(page.has("NextToken")).isFalse();
    }

    @Test
    void splitsAndMergesByShortIds() {
        plane.call("CreateStream", "{'StreamName':'a','ShardCount':1}");
        plane.call(
                "SplitShard",
                A
                        + ",'ShardToSplit':'shard-0','NewStartingHashKey':"
                        + "'170141183460469231731687303715884105728'}");
        plane.call("MergeShards", A + ",'ShardToMerge':'1','AdjacentShardToMerge':'shardId-2'}");
        var shards = plane.call("ListShards", A + "}").get("Shards");
        assertThat(shards).hasSize(4);
        assertThat(shards.get(3).get("ParentShardId").asText()).isEqualTo("shardId-000000000001");
        assertThat(shards.get(3).get("AdjacentParentShardId").asText())
                .isEqualTo("shardId-000000000002");
        assertThat(shards.at("/0/SequenceNumberRange/EndingSequenceNumber").asText()).hasSize(56);
        assertThat(shards.get(3).get("SequenceNumberRange").has("EndingSequenceNumber")).isFalse();
        var scaled =
                plane.call(
                        "UpdateShardCount",
                        A + ",'TargetShardCount':2,'ScalingType':'UNIFORM_SCALING'}");
        assertThat(scaled.get("CurrentShardCount").asInt()).isEqualTo(1);
        assertThat(scaled.get("TargetShardCount").asInt()).isEqualTo(2);
        assertThat(scaled.get("StreamARN").asText()).isEqualTo(ControlPlane.STREAM_ARN + "a");
    }

    @Test
    void setsRetentionRecordSizeMonitoringAndEncryption() {
        plane.call("CreateStream", "{'StreamName':'a','ShardCount':1}");
        plane.call("IncreaseStreamRetentionPeriod", A + ",'RetentionPeriodHours':48}");
        plane.call("DecreaseStreamRetentionPeriod", A + ",'RetentionPeriodHours':30}");
        plane.call("UpdateMaxRecordSize", "{'StreamARN':" + ARN + ",'MaxRecordSizeInKiB':10240}");
        var on = plane.call("EnableEnhancedMonitoring", A + ",'ShardLevelMetrics':['ALL']}");
        assertThat(on.get("CurrentShardLevelMetrics")).isEmpty();
        assertThat(on.get("DesiredShardLevelMetrics")).hasSize(7);
        var off =
                plane.call(
                        "DisableEnhancedMonitoring", A + ",'ShardLevelMetrics':['IncomingBytes']}");
        assertThat(off.get("CurrentShardLevelMetrics")).hasSize(7);
        assertThat(off.get("DesiredShardLevelMetrics")).hasSize(6);
        plane.call("StartStreamEncryption", A + ",'EncryptionType':'KMS','KeyId':'alias/k'}");
        assertThat(summary().get("RetentionPeriodHours").asInt()).isEqualTo(30);
        assertThat(summary().get("MaxRecordSizeInKiB").asInt()).isEqualTo(10240);
        assertThat(summary().at("/EnhancedMonitoring/0/ShardLevelMetrics")).hasSize(6);
        assertThat(summary().get("EncryptionType").asText()).isEqualTo("KMS");
        assertThat(summary().get("KeyId").asText()).isEqualTo("alias/k");
        assertThat(
                        plane.refusal(
                                "StopStreamEncryption",
                                A + ",'EncryptionType':'KMS','KeyId':'alias/other'}"))
                .startsWith("InvalidArgumentException: ");
        plane.call("StopStreamEncryption", A + ",'EncryptionType':'KMS','KeyId':'alias/k'}");
        assertThat(summary().get("EncryptionType").asText()).isEqualTo("NONE");
    }

    @Test
    void encryptionStopsByAnyFormOfTheKeysName() {
        plane.call("CreateStream", "{'StreamName':'a','ShardCount':1}");
        var kms = "arn:aws:kms:us-east-1:000000000000:";
        var forms =
                List.of(
                        List.of("alias/k", kms + "alias/k"),
                        List.of(kms + "alias/k", "alias/k"),
                        List.of("1234abcd", kms + "key/1234abcd"),
                        List.of(kms + "key/1234abcd", "1234abcd"));
        for (var form : forms) {
            var kmsKey = A + ",'EncryptionType':'KMS','KeyId':'%s'}";
            plane.call("StartStreamEncryption", kmsKey.formatted(form.getFirst()));
            assertThat(plane.refusal("StopStreamEncryption", kmsKey.formatted("key/other")))
                    .startsWith("InvalidArgumentException: ");
            plane.call("StopStreamEncryption", kmsKey.formatted(form.getLast()));
            assertThat(summary().get("EncryptionType").asText()).isEqualTo("NONE");
        }
    }

    @Test
    void whatWasCreatedIsToldInWholeSeconds() {
        plane.fixture.clock.advance(Duration.ofMillis(999));
        plane.call("CreateStream", "{'StreamName':'a','ShardCount':1}");
        var consumer =
                plane.call("RegisterStreamConsumer", "{'StreamARN':" + ARN + ",'ConsumerName':'c'}")
                        .get("Consumer");
        long second = StreamFixture.START_MS / 1000;
        assertThat(consumer.get("ConsumerCreationTimestamp").asText()).isEqualTo("" + second);
        assertThat(summary().get("StreamCreationTimestamp").asText()).isEqualTo("" + second);
        assertThat(
                        plane.call("ListStreams", "{}")
                                .at("/StreamSummaries/0/StreamCreationTimestamp")
                                .asText())
                .isEqualTo("" + second);
    }

    @Test
    void aTokenOfAnotherStreamsConsumersIsRefused() {
        for (var name : List.of("a", "b")) {
            plane.call("CreateStream", "{'StreamName':'%s','ShardCount':1}".formatted(name));
            for (var consumer : List.of("c", "d")) {
                plane.call(
                        "RegisterStreamConsumer",
                        "{'StreamARN':'%s','ConsumerName':'%s'}"
                                .formatted(ControlPlane.STREAM_ARN + name, consumer));
            }
        }
        var list = "{'StreamARN':'" + ControlPlane.STREAM_ARN + "%s',%s}";
        var token =
                plane.call("ListStreamConsumers", list.formatted("b", "'MaxResults':1"))
                        .get("NextToken")
                        .asText();
        assertThat(
                        plane.refusal(
                                "ListStreamConsumers",
                                list.formatted("a", "'NextToken':'" + token + "'")))
                .isEqualTo("InvalidArgumentException: Invalid NextToken.");
    }

    @Test
    void anOperationWithoutOutputIsAnsweredWithoutABody() {
        assertThat(plane.call("CreateStream", "{'StreamName':'a','ShardCount':1}").isMissingNode())
                .isTrue();
        assertThat(plane.call("DeleteStream", A + "}").isMissingNode()).isTrue();
    }

    @Test
    void withoutQuotasTheLimitsAreWithinTheModel() {
        assertThat(plane.call("DescribeLimits", "{}"))
                .isEqualTo(
                        ControlPlane.json(
                                "{'OnDemandStreamCount':0,'OnDemandStreamCountLimit':1000000,"
                                        + "'OpenShardCount':0,'ShardLimit':100000}"));
    }

    @Test
    void registersDescribesListsAndRemovesConsumers() {
        plane.call("CreateStream", "{'StreamName':'a','ShardCount':1}");
        for (int i = 0; i < 3; i++) {
            var consumer =
                    plane.call(
                                    "RegisterStreamConsumer",
                                    "{'StreamARN':"
                                            + ARN
                                            + ",'ConsumerName':'c"
                                            + i
                                            + "','Tags':{'k':'v'}}")
                            .get("Consumer");
            assertThat(consumer.get("ConsumerStatus").asText()).isEqualTo("CREATING");
        }
        var arn = ControlPlane.STREAM_ARN + "a/consumer/c1:" + StreamFixture.START_MS / 1000;
        var described =
                plane.call("DescribeStreamConsumer", "{'ConsumerARN':'" + arn + "'}")
                        .get("ConsumerDescription");
        assertThat(described.get("ConsumerStatus").asText()).isEqualTo("ACTIVE");
        assertThat(described.get("StreamARN").asText()).isEqualTo(ControlPlane.STREAM_ARN + "a");
        var page = plane.call("ListStreamConsumers", "{'StreamARN':" + ARN + ",'MaxResults':2}");
        assertThat(page.get("Consumers")).hasSize(2);
        // What must not stand beside a token is refused as such, not looked at first.
        assertThat(
                        plane.refusal(
                                "ListStreamConsumers",
                                "{'StreamARN':"
                                        + ARN
                                        + ",'StreamCreationTimestamp':1,'NextToken':'"
                                        + page.get("NextToken").asText()
                                        + "'}"))
                .isEqualTo(
                        "InvalidArgumentException: NextToken and StreamCreationTimestamp cannot be"
                                + " provided together.");
        page =
                plane.call(
                        "ListStreamConsumers",
                        "{'StreamARN':"
                                + ARN
                                + ",'NextToken':'"
                                + page.get("NextToken").asText()
                                + "'}");
        assertThat(page.at("/Consumers/0/ConsumerName").asText()).isEqualTo("c2");
        assertThat(page.has("NextToken")).isFalse();
        assertThat(plane.call("ListTagsForResource", "{'ResourceARN':'" + arn + "'}").toString())
                .isEqualTo("{\"Tags\":[{\"Key\":\"k\",\"Value\":\"v\"}]}");
        plane.call("DeregisterStreamConsumer", "{'ConsumerARN':'" + arn + "'}");
        assertThat(plane.refusal("DescribeStreamConsumer", "{'ConsumerARN':'" + arn + "'}"))
                .startsWith("ResourceNotFoundException");
        assertThat(summary().get("ConsumerCount").asInt()).isEqualTo(2);
        assertThat(plane.refusal("DeleteStream", A + "}"))
                .startsWith("ResourceInUseException: DeleteStream can't delete 000000000000:a");
        plane.call("DeleteStream", A + ",'EnforceConsumerDeletion':true}");
        assertThat(plane.call("ListStreams", "{}").get("StreamNames")).isEmpty();
    }

    @Test
    void tagsStreamsByNameAndArn() {
        plane.call("CreateStream", "{'StreamName':'a','ShardCount':1,'Tags':{'a':'1'}}");
        plane.call("AddTagsToStream", A + ",'Tags':{'b':'2','c':''}}");
        plane.call("TagResource", "{'ResourceARN':" + ARN + ",'Tags':{'b':'3','d':'4'}}");
        plane.call("RemoveTagsFromStream", A + ",'TagKeys':['a','unknown']}");
        plane.call("UntagResource", "{'ResourceARN':" + ARN + ",'TagKeys':['d']}");
        assertThat(plane.call("ListTagsForStream", A + "}"))
                .isEqualTo(
                        ControlPlane.json(
                                "{'HasMoreTags':false,'Tags':[{'Key':'b','Value':'3'},"
                                        + "{'Key':'c','Value':''}]}"));
        var page = plane.call("ListTagsForStream", A + ",'Limit':1}");
        assertThat(page.get("HasMoreTags").asBoolean()).isTrue();
        page = plane.call("ListTagsForStream", A + ",'ExclusiveStartTagKey':'b'}");
        assertThat(page.at("/Tags/0/Key").asText()).isEqualTo("c");
        var many = new StringBuilder();
        for (int i = 0; i < 49; i++) {
            many.append(i == 0 ? "" : ",").append("'k").append(i).append("':''");
        }
        assertThat(plane.refusal("AddTagsToStream", A + ",'Tags':{" + many + "}}"))
                .isEqualTo(
                        "InvalidArgumentException: Failed to add tags to stream a under account"
                                + " 000000000000 because a given stream cannot have more than 50"
                                + " tags associated with it.");
    }

    @Test
    void keepsPoliciesOfStreamsAndConsumers() {
        plane.call("CreateStream", "{'StreamName':'a','ShardCount':1}");
        plane.call("RegisterStreamConsumer", "{'StreamARN':" + ARN + ",'ConsumerName':'c'}");
        var consumer =
                "'"
                        + ControlPlane.STREAM_ARN
                        + "a/consumer/c:"
                        + StreamFixture.START_MS / 1000
                        + "'";
        for (var arn : new String[] {ARN, consumer}) {
            var resource = "{'ResourceARN':" + arn;
            assertThat(plane.call("GetResourcePolicy", resource + "}").toString())
                    .isEqualTo("{\"Policy\":\"{}\"}");
            var policy =
                    "{\\'Version\\':\\'2012-10-17\\',\\'Statement\\':[{\\'Effect\\':\\'Allow\\',"
                            + "\\'Principal\\':{\\'AWS\\':\\'111111111111\\'},"
                            + "\\'Action\\':\\'kinesis:*\\',\\'Resource\\':\\'*\\'}]}";
            plane.call("PutResourcePolicy", resource + ",'Policy':'" + policy + "'}");
            assertThat(plane.call("GetResourcePolicy", resource + "}").get("Policy").asText())
                    .isEqualTo(policy.replace("\\'", "\""));
            plane.call("DeleteResourcePolicy", resource + "}");
            assertThat(plane.call("GetResourcePolicy", resource + "}").get("Policy").asText())
                    .isEqualTo("{}");
        }
    }

    @Test
    void tellsLimitsAndKeepsAccountSettings() {
        var limited = ControlPlane.create(StreamLimits.aws(), Duration.ZERO);
        limited.call("CreateStream", "{'StreamName':'a','ShardCount':3}");
        limited.call("CreateStream", "{'StreamName':'b'}");
        assertThat(limited.call("DescribeLimits", "{}"))
                .isEqualTo(
                        ControlPlane.json(
                                "{'OnDemandStreamCount':1,'OnDemandStreamCountLimit':50,"
                                        + "'OpenShardCount':7,'ShardLimit':20000}"));
        var status = "/MinimumThroughputBillingCommitment/Status";
        assertThat(limited.call("DescribeAccountSettings", "{}").at(status).asText())
                .isEqualTo("DISABLED");
        var set = "{'MinimumThroughputBillingCommitment':{'Status':'%s'}}";
        limited.call("UpdateAccountSettings", set.formatted("ENABLED"));
        assertThat(limited.call("DescribeAccountSettings", "{}").at(status).asText())
                .isEqualTo("ENABLED");
        assertThat(limited.refusal("UpdateAccountSettings", set.formatted("DISABLED")))
                .startsWith("ValidationException: ");
        limited.fixture.clock.advance(Duration.ofHours(24));
        limited.call("UpdateAccountSettings", set.formatted("DISABLED"));
        assertThat(limited.call("DescribeAccountSettings", "{}").at(status).asText())
                .isEqualTo("DISABLED");
    }

    /** Of each kind by itself; what changes nothing does not count. */
    @Test
    void encryptionStartsAndStopsTwentyFiveTimesADay() {
        var limited = ControlPlane.create(StreamLimits.aws(), Duration.ZERO);
        limited.call("CreateStream", "{'StreamName':'a','ShardCount':1}");
        var key = A + ",'EncryptionType':'KMS','KeyId':'alias/%s'}";
        for (int i = 0; i < 24; i++) {
            limited.call("StartStreamEncryption", key.formatted("k"));
            limited.call("StopStreamEncryption", key.formatted("k"));
        }
        limited.call("StartStreamEncryption", key.formatted("k"));
        limited.call("StartStreamEncryption", key.formatted("k"));
        assertThat(limited.refusal("StartStreamEncryption", key.formatted("other")))
                .isEqualTo(
                        "LimitExceededException: Stream a under account 000000000000 has had its"
                                + " encryption started 25 times in the last 24 hours.");
        limited.call("StopStreamEncryption", key.formatted("k"));
        limited.call("StopStreamEncryption", key.formatted("k"));
        limited.fixture.clock.advance(Duration.ofHours(24));
        limited.call("StartStreamEncryption", key.formatted("other"));
        plane.call("CreateStream", "{'StreamName':'a','ShardCount':1}");
        for (int i = 0; i < 30; i++) {
            plane.call("StartStreamEncryption", key.formatted("k" + i));
        }
    }

    @Test
    void aStreamThatIsBeingCreatedShowsNoShards() throws Exception {
        var slow = ControlPlane.create(StreamLimits.none(), Duration.ofSeconds(1));
        slow.call("CreateStream", "{'StreamName':'a','ShardCount':2}");
        var creating = slow.call("DescribeStream", A + "}").get("StreamDescription");
        assertThat(creating.get("StreamStatus").asText()).isEqualTo("CREATING");
        assertThat(creating.get("Shards")).isEmpty();
        assertThat(slow.refusal("ListShards", A + "}")).startsWith("ResourceInUseException: ");
        slow.fixture.clock.advance(Duration.ofSeconds(1));
        slow.fixture.transitions.step();
        var active = slow.call("DescribeStream", A + "}").get("StreamDescription");
        assertThat(active.get("StreamStatus").asText()).isEqualTo("ACTIVE");
        assertThat(active.get("Shards")).hasSize(2);
    }

    private JsonNode summary() {
        return plane.call("DescribeStreamSummary", A + "}").get("StreamDescriptionSummary");
    }
}
