package io.headrace.router.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.kinesis.model.AddTagsToStreamRequest;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamSummaryRequest;
import software.amazon.awssdk.services.kinesis.model.EnableEnhancedMonitoringRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.RemoveTagsFromStreamRequest;

/** The texts are those recorded from Kinesis; where its model has changed since, in its pattern. */
class InputConstraintsTest {
    private static void assertRefused(String operation, SdkPojo request, String... violations) {
        var refusal =
                catchThrowableOfType(
                        WireException.class,
                        () -> KinesisModel.CONSTRAINTS.operation(operation).check(request));
        assertThat(refusal).isNotNull();
        assertThat(refusal.status()).isEqualTo(400);
        assertThat(refusal.type()).isEqualTo("ValidationException");
        var head =
                violations.length == 1
                        ? "1 validation error detected: "
                        : violations.length + " validation errors detected: ";
        assertThat(refusal).hasMessage(head + String.join("; ", violations));
    }

    private static void assertRefused(String operation, String json, String... violations) {
        assertRefused(
                operation,
                PojoCodec.read(
                        WireFormat.JSON, json.getBytes(UTF_8), KinesisModel.request(operation)),
                violations);
    }

    private static void assertAllowed(String operation, SdkPojo request) {
        assertThatCode(() -> KinesisModel.CONSTRAINTS.operation(operation).check(request))
                .doesNotThrowAnyException();
    }

    @Test
    void requiredMembers() {
        assertRefused(
                "GetShardIterator",
                "{}",
                "Value null at 'shardId' failed to satisfy constraint: Member must not be null",
                "Value null at 'shardIteratorType' failed to satisfy constraint: Member must not be"
                        + " null");
        assertRefused(
                "PutRecord",
                "{}",
                "Value null at 'partitionKey' failed to satisfy constraint: Member must not be"
                        + " null",
                "Value null at 'data' failed to satisfy constraint: Member must not be null");
        assertRefused(
                "PutRecords",
                "{\"StreamName\":\"s\"}",
                "Value null at 'records' failed to satisfy constraint: Member must not be null");
        assertRefused(
                "ListShards",
                "{\"ShardFilter\":{}}",
                "Value null at 'shardFilter.type' failed to satisfy constraint: Member must not be"
                        + " null");
    }

    @Test
    void emptyTexts() {
        assertRefused(
                "GetShardIterator",
                "{\"StreamName\":\"\",\"ShardIteratorType\":\"\",\"ShardId\":\"\","
                        + "\"StartingSequenceNumber\":\"\"}",
                "Value '' at 'shardId' failed to satisfy constraint: Member must satisfy regular"
                        + " expression pattern: [a-zA-Z0-9_.-]+",
                "Value '' at 'shardId' failed to satisfy constraint: Member must have length"
                        + " greater than or equal to 1",
                "Value '' at 'shardIteratorType' failed to satisfy constraint: Member must satisfy"
                        + " enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP,"
                        + " AT_SEQUENCE_NUMBER, TRIM_HORIZON]",
                "Value '' at 'startingSequenceNumber' failed to satisfy constraint: Member must"
                        + " satisfy regular expression pattern: 0|([1-9]\\d{0,128})",
                "Value '' at 'streamName' failed to satisfy constraint: Member must satisfy regular"
                        + " expression pattern: [a-zA-Z0-9_.-]+",
                "Value '' at 'streamName' failed to satisfy constraint: Member must have length"
                        + " greater than or equal to 1");
        assertRefused(
                "PutRecord",
                "{\"StreamName\":\"\",\"PartitionKey\":\"\",\"Data\":\"\","
                        + "\"ExplicitHashKey\":\"\",\"SequenceNumberForOrdering\":\"\"}",
                "Value '' at 'sequenceNumberForOrdering' failed to satisfy constraint: Member must"
                        + " satisfy regular expression pattern: 0|([1-9]\\d{0,128})",
                "Value '' at 'partitionKey' failed to satisfy constraint: Member must have length"
                        + " greater than or equal to 1",
                "Value '' at 'explicitHashKey' failed to satisfy constraint: Member must satisfy"
                        + " regular expression pattern: 0|([1-9]\\d{0,38})",
                "Value '' at 'streamName' failed to satisfy constraint: Member must satisfy regular"
                        + " expression pattern: [a-zA-Z0-9_.-]+",
                "Value '' at 'streamName' failed to satisfy constraint: Member must have length"
                        + " greater than or equal to 1");
    }

    @Test
    void longTextsAndBlobs() {
        var name = "a".repeat(129);
        var key = "a".repeat(257);
        assertRefused(
                "PutRecord",
                PutRecordRequest.builder()
                        .streamName(name)
                        .partitionKey(key)
                        .data(SdkBytes.fromByteArrayUnsafe(new byte[10_485_761]))
                        .build(),
                "Value '"
                        + key
                        + "' at 'partitionKey' failed to satisfy constraint: Member must have"
                        + " length less than or equal to 256",
                "Value 'java.nio.HeapByteBuffer[pos=0 lim=10485761 cap=10485761]' at 'data' failed"
                        + " to satisfy constraint: Member must have length less than or equal to"
                        + " 10485760",
                "Value '"
                        + name
                        + "' at 'streamName' failed to satisfy constraint: Member must have length"
                        + " less than or equal to 128");
    }

    @Test
    void lengthsCountCharactersAndNotUtf16() {
        assertAllowed(
                "PutRecord",
                PutRecordRequest.builder()
                        .partitionKey("😀".repeat(256))
                        .data(SdkBytes.fromUtf8String(""))
                        .build());
    }

    @Test
    void numbers() {
        assertRefused(
                "ListShards",
                "{\"MaxResults\":10001}",
                "Value '10001' at 'maxResults' failed to satisfy constraint: Member must have value"
                        + " less than or equal to 10000");
        assertRefused(
                "CreateStream",
                "{\"StreamName\":\"s\",\"ShardCount\":0}",
                "Value '0' at 'shardCount' failed to satisfy constraint: Member must have value"
                        + " greater than or equal to 1");
    }

    @Test
    void nestedEnumerations() {
        assertRefused(
                "CreateStream",
                "{\"StreamName\":\"s\",\"StreamModeDetails\":{\"StreamMode\":\"BOTH\"}}",
                "Value 'BOTH' at 'streamModeDetails.streamMode' failed to satisfy constraint:"
                        + " Member must satisfy enum value set: [PROVISIONED, ON_DEMAND]");
    }

    @Test
    void recordsOfAList() {
        assertRefused(
                "PutRecords",
                "{\"StreamName\":\"s\",\"Records\":[{\"PartitionKey\":\"a\",\"Data\":\"\"},"
                        + "{\"PartitionKey\":\"\",\"ExplicitHashKey\":\"\"}]}",
                "Value '' at 'records.2.member.partitionKey' failed to satisfy constraint: Member"
                        + " must have length greater than or equal to 1",
                "Value '' at 'records.2.member.explicitHashKey' failed to satisfy constraint:"
                        + " Member must satisfy regular expression pattern: 0|([1-9]\\d{0,38})",
                "Value null at 'records.2.member.data' failed to satisfy constraint: Member must"
                        + " not be null");
    }

    @Test
    void lengthsOfContainers() {
        assertRefused(
                "PutRecords",
                "{\"StreamName\":\"s\",\"Records\":[]}",
                "Value '[]' at 'records' failed to satisfy constraint: Member must have length"
                        + " greater than or equal to 1");
        assertRefused(
                "AddTagsToStream",
                "{\"StreamName\":\"s\",\"Tags\":{}}",
                "Value '{}' at 'tags' failed to satisfy constraint: Member must have length greater"
                        + " than or equal to 1");
        var keys = new ArrayList<String>();
        for (int i = 1; i <= 51; i++) {
            keys.add("k");
        }
        assertRefused(
                "RemoveTagsFromStream",
                RemoveTagsFromStreamRequest.builder().streamName("s").tagKeys(keys).build(),
                "Value '"
                        + keys
                        + "' at 'tagKeys' failed to satisfy constraint: Member must have length"
                        + " less than or equal to 50");
    }

    @Test
    void textsInContainers() {
        var name = "a".repeat(129);
        assertRefused(
                "RemoveTagsFromStream",
                "{\"StreamName\":\"s\",\"TagKeys\":[\"a\",\"%s\",\"b\"]}".formatted(name),
                "Value '[a, "
                        + name
                        + ", b]' at 'tagKeys' failed to satisfy constraint: Member must satisfy"
                        + " constraint: [Member must have length less than or equal to 128, Member"
                        + " must have length greater than or equal to 1]");
        var value = "v".repeat(257);
        assertRefused(
                "AddTagsToStream",
                AddTagsToStreamRequest.builder().streamName("s").tags(Map.of(name, value)).build(),
                "Value '{"
                        + name
                        + "="
                        + value
                        + "}' at 'tags' failed to satisfy constraint: Map keys must satisfy"
                        + " constraint: [Member must have length less than or equal to 128, Member"
                        + " must have length greater than or equal to 1]",
                "Value '{"
                        + name
                        + "="
                        + value
                        + "}' at 'tags' failed to satisfy constraint: Map value must satisfy"
                        + " constraint: [Member must have length less than or equal to 256, Member"
                        + " must have length greater than or equal to 0]");
        assertRefused(
                "EnableEnhancedMonitoring",
                EnableEnhancedMonitoringRequest.builder()
                        .streamName("s")
                        .shardLevelMetricsWithStrings("ALL", "Nonsense")
                        .build(),
                "Value '[ALL, Nonsense]' at 'shardLevelMetrics' failed to satisfy constraint:"
                        + " Member must satisfy constraint: [Member must satisfy enum value set:"
                        + " [IncomingBytes, IncomingRecords, OutgoingBytes, OutgoingRecords,"
                        + " WriteProvisionedThroughputExceeded, ReadProvisionedThroughputExceeded,"
                        + " IteratorAgeMilliseconds, ALL]]");
    }

    @Test
    void patternsMatchTheWhole() {
        assertRefused(
                "DescribeStreamSummary",
                "{\"StreamName\":\"a b\"}",
                "Value 'a b' at 'streamName' failed to satisfy constraint: Member must satisfy"
                        + " regular expression pattern: [a-zA-Z0-9_.-]+");
        assertRefused(
                "DescribeStreamSummary",
                "{\"StreamARN\":\"x arn:aws:kinesis:us-east-1:000000000000:stream/a\"}",
                "Value 'x arn:aws:kinesis:us-east-1:000000000000:stream/a' at 'streamARN' failed to"
                        + " satisfy constraint: Member must satisfy regular expression pattern:"
                        + " arn:aws.*:kinesis:.*:\\d{12}:stream/\\S+");
        assertAllowed(
                "DescribeStreamSummary",
                DescribeStreamSummaryRequest.builder()
                        .streamARN("arn:aws:kinesis:us-east-1:000000000000:stream/a")
                        .build());
    }

    @Test
    void structuresArePrintedByName() {
        var request =
                PutRecordsRequest.builder()
                        .records(
                                Collections.nCopies(
                                        501,
                                        PutRecordsRequestEntry.builder()
                                                .partitionKey("k")
                                                .data(SdkBytes.fromUtf8String("d"))
                                                .build()))
                        .build();
        assertThatThrownBy(() -> KinesisModel.CONSTRAINTS.operation("PutRecords").check(request))
                .hasMessageStartingWith(
                        "1 validation error detected: Value"
                                + " '[com.amazonaws.kinesis.v20131202.PutRecordsRequestEntry@")
                .hasMessageEndingWith(
                        "at 'records' failed to satisfy constraint: Member must have length less"
                                + " than or equal to 500");
    }

    @Test
    void singleValuesAreCheckedInTheSameWords() {
        var violations = new Violations();
        KinesisModel.CONSTRAINTS
                .value("PartitionKey")
                .checkText(null, true, "records.1.member.partitionKey", violations);
        KinesisModel.CONSTRAINTS
                .value("HashKey")
                .checkText(null, false, "records.1.member.explicitHashKey", violations);
        KinesisModel.CONSTRAINTS
                .value("HashKey")
                .checkText("-1", false, "records.1.member.explicitHashKey", violations);
        KinesisModel.CONSTRAINTS
                .value("Data")
                .checkBlob(10_485_761, "records.1.member.data", violations);
        KinesisModel.CONSTRAINTS
                .value("GetRecordsInputLimit")
                .checkNumber(10_001, "limit", violations);
        assertThatThrownBy(violations::throwIfAny)
                .hasMessage(
                        "4 validation errors detected: Value null at"
                                + " 'records.1.member.partitionKey' failed to satisfy constraint:"
                                + " Member must not be null; Value '-1' at"
                                + " 'records.1.member.explicitHashKey' failed to satisfy"
                                + " constraint: Member must satisfy regular expression pattern:"
                                + " 0|([1-9]\\d{0,38}); Value"
                                + " 'java.nio.HeapByteBuffer[pos=0 lim=10485761 cap=10485761]' at"
                                + " 'records.1.member.data' failed to satisfy constraint: Member"
                                + " must have length less than or equal to 10485760; Value '10001'"
                                + " at 'limit' failed to satisfy constraint: Member must have value"
                                + " less than or equal to 10000");
    }
}
