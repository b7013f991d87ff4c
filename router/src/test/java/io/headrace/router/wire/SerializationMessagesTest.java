package io.headrace.router.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.kinesis.model.CreateStreamRequest;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.utils.builder.SdkBuilder;

/** The words are those recorded from Kinesis. */
class SerializationMessagesTest {
    private static <T extends SdkPojo> T json(SdkBuilder<?, T> builder, String body) {
        return PojoCodec.read(WireFormat.JSON, body.getBytes(UTF_8), builder);
    }

    private static String refusal(Runnable read) {
        var refusal = catchThrowableOfType(WireException.class, read::run);
        assertThat(refusal).isNotNull();
        assertThat(refusal.type()).isEqualTo("SerializationException");
        assertThat(refusal.status()).isEqualTo(400);
        return String.valueOf(refusal.getMessage());
    }

    /** As recorded from Kinesis, by type of the member and value given. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "StreamName|true|class java.lang.Boolean can not be converted to an String",
                "StreamName|23|class com.amazon.coral.value.json.numbers.TruncatingBigNumber can"
                        + " not be converted to an String",
                "StreamName|[]|Start of list found where not expected",
                "StreamName|{}|Start of structure or map found where not expected.",
                "MaxResults|\"23\"|class java.lang.String can not be converted to an Integer",
                "MaxResults|true|class java.lang.Boolean can not be converted to an Integer",
                "MaxResults|[]|Start of list found where not expected",
                "MaxResults|{}|Start of structure or map found where not expected.",
                "ShardFilter|\"23\"|Expected null",
                "ShardFilter|34.56|Expected null",
                "ShardFilter|[]|Start of list found where not expected",
                "StreamCreationTimestamp|\"23\"|class java.lang.String can not be converted to"
                        + " milliseconds since epoch",
            })
    void saysWhatAwsSaysOfWrongTypes(String member, String value, String message) {
        assertThat(
                        refusal(() ->
                                json(
                                        ListShardsRequest.builder(),
                                        "{\"%s\":%s}".formatted(member, value))))
                .isEqualTo(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "true|class java.lang.Boolean can not be converted to a Blob",
                "\"23456\"|'23456' can not be converted to a Blob: Base64 encoded length is"
                        + " expected a multiple of 4 bytes but found: 5",
                "\"=+/=\"|'=+/=' can not be converted to a Blob: Invalid Base64 character: '='",
                "\"+/+=\"|'+/+=' can not be converted to a Blob: Invalid last non-pad Base64"
                        + " character dectected",
                "\"A===\"|'A===' can not be converted to a Blob: Invalid Base64 character: '='",
                "\"QU\\nE=\"|`'QU\nE=' can not be converted to a Blob: Base64 encoded length is"
                        + " expected a multiple of 4 bytes but found: 5`",
            })
    void saysWhatAwsSaysOfBrokenBase64(String value, String message) {
        assertThat(
                        refusal(() ->
                                json(PutRecordRequest.builder(), "{\"Data\":%s}".formatted(value))))
                .isEqualTo(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"Records\":\"23\"}|Expected list or null",
                "{\"Records\":{}}|Start of structure or map found where not expected.",
                "{\"Records\":[true]}|Expected null",
                "{\"Records\":[[]]}|Start of list found where not expected",
                "{\"Records\":[null]}|A list or map can not hold a null",
            })
    void saysWhatAwsSaysOfWrongLists(String body, String message) {
        assertThat(refusal(() -> json(PutRecordsRequest.builder(), body))).isEqualTo(message);
    }

    @Test
    void saysWhatAwsSaysOfWrongMaps() {
        assertThat(refusal(() -> json(CreateStreamRequest.builder(), "{\"Tags\":23}")))
                .isEqualTo("Expected map or null");
        assertThat(refusal(() -> json(CreateStreamRequest.builder(), "{\"Tags\":[]}")))
                .isEqualTo("Start of list found where not expected");
    }
}
