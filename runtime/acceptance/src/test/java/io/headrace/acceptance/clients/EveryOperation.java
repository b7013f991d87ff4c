package io.headrace.acceptance.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kinesis.model.ConsumerStatus;
import software.amazon.awssdk.services.kinesis.model.EncryptionType;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.MetricsName;
import software.amazon.awssdk.services.kinesis.model.MinimumThroughputBillingCommitmentInputStatus;
import software.amazon.awssdk.services.kinesis.model.ScalingType;
import software.amazon.awssdk.services.kinesis.model.ShardFilterType;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamMode;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

/** Every operation that answers at once, each with what it must bring about; two clients run it. */
abstract class EveryOperation extends DataOperations {
    private static final BigInteger KEYS = BigInteger.ONE.shiftLeft(128);

    @Test
    void aStreamIsMadeDescribedListedAndDeleted() throws InterruptedException {
        var name = prefix() + "-life";
        client().createStream(r -> r.streamName(name).shardCount(2).tags(Map.of("team", "data")));
        untilActive(name);

        var described = client().describeStream(r -> r.streamName(name)).streamDescription();
        assertThat(described.streamStatus()).isEqualTo(StreamStatus.ACTIVE);
        assertThat(described.retentionPeriodHours()).isEqualTo(24);
        assertThat(described.encryptionType()).isEqualTo(EncryptionType.NONE);
        assertThat(described.shards()).hasSize(2);
        assertThat(described.hasMoreShards()).isFalse();
        assertThat(described.streamARN())
                .matches("arn:aws:kinesis:[a-z0-9-]+:\\d{12}:stream/" + name);
        assertThat(described.streamCreationTimestamp()).isAfter(Instant.EPOCH);

        var summary = client().describeStreamSummary(r -> r.streamARN(described.streamARN()));
        assertThat(summary.streamDescriptionSummary().openShardCount()).isEqualTo(2);
        assertThat(summary.streamDescriptionSummary().consumerCount()).isZero();
        assertThat(summary.streamDescriptionSummary().streamModeDetails().streamMode())
                .isEqualTo(StreamMode.PROVISIONED);

        var listed = client().listStreams(r -> r.limit(100).exclusiveStartStreamName(prefix()));
        assertThat(listed.streamNames()).contains(name);
        assertThat(listed.streamSummaries())
                .anySatisfy(s -> assertThat(s.streamName()).isEqualTo(name));

        client().deleteStream(r -> r.streamName(name).enforceConsumerDeletion(true));
        waiter().untilGone(name);
        assertThat(client().listStreams(r -> r.limit(100)).streamNames()).doesNotContain(name);
    }

    @Test
    void shardsTileTheKeySpaceAndAreListedByPagesAndFilters() throws InterruptedException {
        var name = stream("shards", 5);
        var next = BigInteger.ZERO;
        for (var shard : shards(name)) {
            assertThat(new BigInteger(shard.hashKeyRange().startingHashKey())).isEqualTo(next);
            next = new BigInteger(shard.hashKeyRange().endingHashKey()).add(BigInteger.ONE);
            assertThat(shard.sequenceNumberRange().startingSequenceNumber()).matches("\\d{56}");
        }
        assertThat(next).isEqualTo(KEYS);

        var first = client().listShards(r -> r.streamName(name).maxResults(2));
        assertThat(first.shards()).hasSize(2);
        var second = client().listShards(r -> r.nextToken(first.nextToken()).maxResults(100));
        assertThat(second.shards()).hasSize(3);
        assertThat(second.nextToken()).isNull();
        var latest =
                client().listShards(r ->
                        r.streamName(name).shardFilter(f -> f.type(ShardFilterType.AT_LATEST)));
        assertThat(latest.shards()).hasSize(5);
    }

    @Test
    void shardsAreSplitMergedAndScaled() throws InterruptedException {
        var name = stream("reshape", 1);
        var parent = shards(name).getFirst().shardId();
        client().putRecord(r -> r.streamName(name).partitionKey("a").data(data("old")));
        client().splitShard(r ->
                r.streamName(name)
                        .shardToSplit(parent)
                        .newStartingHashKey(KEYS.shiftRight(1).toString()));
        untilActive(name);
        var children = shards(name).stream().filter(s -> parent.equals(s.parentShardId())).toList();
        assertThat(children).hasSize(2);
        var closed = shards(name).getFirst().sequenceNumberRange();
        assertThat(children)
                .allSatisfy(child ->
                        assertThat(
                                        new BigInteger(
                                                child.sequenceNumberRange()
                                                        .startingSequenceNumber()))
                                .isGreaterThan(new BigInteger(closed.endingSequenceNumber())));

        var end = lastPage(name, parent);
        assertThat(end.nextShardIterator()).isNull();
        assertThat(end.childShards()).hasSize(2);
        assertThat(end.childShards())
                .allSatisfy(child -> assertThat(child.parentShards()).containsExactly(parent));

        client().mergeShards(r ->
                r.streamName(name)
                        .shardToMerge(children.getFirst().shardId())
                        .adjacentShardToMerge(children.getLast().shardId()));
        untilActive(name);
        var merged = shards(name).getLast();
        assertThat(List.of(merged.parentShardId(), merged.adjacentParentShardId()))
                .containsExactlyInAnyOrder(
                        children.getFirst().shardId(), children.getLast().shardId());

        var scaled =
                client().updateShardCount(r ->
                        r.streamName(name)
                                .targetShardCount(2)
                                .scalingType(ScalingType.UNIFORM_SCALING));
        assertThat(scaled.currentShardCount()).isEqualTo(1);
        assertThat(scaled.targetShardCount()).isEqualTo(2);
        untilActive(name);
        assertThat(
                        client().describeStreamSummary(r -> r.streamName(name))
                                .streamDescriptionSummary()
                                .openShardCount())
                .isEqualTo(2);
        assertThat(read(name, parent)).hasSize(1);
    }

    private GetRecordsResponse lastPage(String stream, String shard) {
        var start = iterator(stream, shard, ShardIteratorType.TRIM_HORIZON, null, null);
        var answer = client().getRecords(r -> r.shardIterator(start));
        for (int page = 0; page < 10 && answer.nextShardIterator() != null; page++) {
            var next = answer.nextShardIterator();
            answer = client().getRecords(r -> r.shardIterator(next));
        }
        return answer;
    }

    @Test
    void consumersAreRegisteredDescribedListedAndDeregistered() throws InterruptedException {
        var name = stream("consumers", 1);
        var streamArn = arn(name);
        var made =
                client().registerStreamConsumer(r -> r.streamARN(streamArn).consumerName("c1"))
                        .consumer();
        assertThat(made.consumerName()).isEqualTo("c1");
        assertThat(made.consumerARN()).startsWith(streamArn + "/consumer/c1:");
        var byName =
                client().describeStreamConsumer(r -> r.streamARN(streamArn).consumerName("c1"))
                        .consumerDescription();
        assertThat(byName.streamARN()).isEqualTo(streamArn);
        assertThat(byName.consumerStatus()).isIn(ConsumerStatus.CREATING, ConsumerStatus.ACTIVE);
        assertThat(client().listStreamConsumers(r -> r.streamARN(streamArn)).consumers())
                .extracting(c -> c.consumerARN())
                .containsExactly(made.consumerARN());
        client().deregisterStreamConsumer(r -> r.consumerARN(made.consumerARN()));
    }

    @Test
    void tagsOfStreamsAndResources() throws InterruptedException {
        var name = stream("tags", 1);
        var streamArn = arn(name);
        client().addTagsToStream(r -> r.streamName(name).tags(Map.of("a", "1", "b", "2")));
        var tags = client().listTagsForStream(r -> r.streamName(name));
        assertThat(tags.hasMoreTags()).isFalse();
        assertThat(tags.tags())
                .extracting(t -> t.key() + "=" + t.value())
                .containsExactly("a=1", "b=2");
        client().removeTagsFromStream(r -> r.streamName(name).tagKeys("a"));
        client().tagResource(r -> r.resourceARN(streamArn).tags(Map.of("c", "3")));
        assertThat(client().listTagsForResource(r -> r.resourceARN(streamArn)).tags())
                .extracting(t -> t.key())
                .containsExactly("b", "c");
        client().untagResource(r -> r.resourceARN(streamArn).tagKeys("b", "c"));
        assertThat(client().listTagsForResource(r -> r.resourceARN(streamArn)).tags()).isEmpty();
    }

    @Test
    void settingsOfAStream() throws InterruptedException {
        var name = stream("settings", 1);
        var streamArn = arn(name);
        client().increaseStreamRetentionPeriod(r -> r.streamName(name).retentionPeriodHours(48));
        untilActive(name);
        client().decreaseStreamRetentionPeriod(r -> r.streamName(name).retentionPeriodHours(24));
        untilActive(name);
        var enabled =
                client().enableEnhancedMonitoring(r ->
                        r.streamName(name).shardLevelMetrics(MetricsName.INCOMING_BYTES));
        assertThat(enabled.desiredShardLevelMetrics()).containsExactly(MetricsName.INCOMING_BYTES);
        var disabled =
                client().disableEnhancedMonitoring(
                                r -> r.streamName(name).shardLevelMetrics(MetricsName.ALL));
        assertThat(disabled.currentShardLevelMetrics()).containsExactly(MetricsName.INCOMING_BYTES);
        untilActive(name);
        client().startStreamEncryption(r ->
                r.streamName(name).encryptionType(EncryptionType.KMS).keyId("alias/aws/kinesis"));
        untilActive(name);
        var put = client().putRecord(r -> r.streamName(name).partitionKey("k").data(data("x")));
        assertThat(put.encryptionType()).isEqualTo(EncryptionType.KMS);
        assertThat(read(name, put.shardId()))
                .allSatisfy(r -> assertThat(r.encryptionType()).isEqualTo(EncryptionType.KMS))
                .extracting(r -> r.data().asUtf8String())
                .containsExactly("x");
        client().stopStreamEncryption(r ->
                r.streamName(name).encryptionType(EncryptionType.KMS).keyId("alias/aws/kinesis"));
        untilActive(name);
        client().updateMaxRecordSize(r -> r.streamARN(streamArn).maxRecordSizeInKiB(2048));
        untilActive(name);
        client().updateStreamMode(r ->
                r.streamARN(streamArn).streamModeDetails(m -> m.streamMode(StreamMode.ON_DEMAND)));
        untilActive(name);
        var warm =
                client().updateStreamWarmThroughput(
                                r -> r.streamARN(streamArn).warmThroughputMiBps(8));
        assertThat(warm.streamName()).isEqualTo(name);
        untilActive(name);
        var summary =
                client().describeStreamSummary(r -> r.streamName(name)).streamDescriptionSummary();
        assertThat(summary.maxRecordSizeInKiB()).isEqualTo(2048);
        assertThat(summary.streamModeDetails().streamMode()).isEqualTo(StreamMode.ON_DEMAND);
    }

    @Test
    void settingsOfTheAccount() {
        var limits = client().describeLimits(r -> {});
        assertThat(limits.shardLimit()).isPositive();
        assertThat(limits.openShardCount()).isNotNegative();
        var settings = client().describeAccountSettings(r -> {});
        assertThat(settings.minimumThroughputBillingCommitment()).isNotNull();
        client().updateAccountSettings(r ->
                r.minimumThroughputBillingCommitment(
                        c -> c.status(MinimumThroughputBillingCommitmentInputStatus.DISABLED)));
    }

    @Test
    void policiesOfResources() throws InterruptedException {
        var name = stream("policy", 1);
        var streamArn = arn(name);
        assertThat(client().getResourcePolicy(r -> r.resourceARN(streamArn)).policy())
                .isEqualTo("{}");
        var policy =
                """
                {"Version":"2012-10-17","Statement":[{"Sid":"read","Effect":"Allow",\
                "Principal":{"AWS":"111122223333"},"Action":["kinesis:GetRecords",\
                "kinesis:GetShardIterator"],"Resource":"%s"}]}\
                """
                        .formatted(streamArn);
        client().putResourcePolicy(r -> r.resourceARN(streamArn).policy(policy));
        assertThat(client().getResourcePolicy(r -> r.resourceARN(streamArn)).policy())
                .contains("111122223333");
        client().deleteResourcePolicy(r -> r.resourceARN(streamArn));
        assertThat(client().getResourcePolicy(r -> r.resourceARN(streamArn)).policy())
                .isEqualTo("{}");
    }
}
