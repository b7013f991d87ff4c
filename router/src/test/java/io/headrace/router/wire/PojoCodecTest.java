package io.headrace.router.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.kinesis.model.CreateStreamRequest;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamSummaryResponse;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.ListTagsForStreamResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.utils.builder.SdkBuilder;

class PojoCodecTest {
    private static <T extends SdkPojo> T json(SdkBuilder<?, T> builder, String body) {
        return PojoCodec.read(WireFormat.JSON, body.getBytes(UTF_8), builder);
    }

    private static <T extends SdkPojo> T cbor(SdkBuilder<?, T> builder, String hex) {
        return PojoCodec.read(
                WireFormat.CBOR, HexFormat.of().parseHex(hex.replace(" ", "")), builder);
    }

    private static String json(SdkPojo pojo) {
        return PojoCodec.write(WireFormat.JSON, pojo).toString(UTF_8);
    }

    private static String refusal(Runnable read) {
        var refusal = catchThrowableOfType(WireException.class, read::run);
        assertThat(refusal).isNotNull();
        assertThat(refusal.type()).isEqualTo("SerializationException");
        assertThat(refusal.status()).isEqualTo(400);
        return String.valueOf(refusal.getMessage());
    }

    @Test
    void absentMembersAreLeftOut() {
        assertThat(json(GetRecordsResponse.builder().build())).isEqualTo("{}");
        assertThat(
                        json(
                                GetRecordsResponse.builder()
                                        .records(List.of())
                                        .millisBehindLatest(0L)
                                        .build()))
                .isEqualTo("{\"Records\":[],\"MillisBehindLatest\":0}");
        assertThat(json(ListTagsForStreamResponse.builder().hasMoreTags(false).build()))
                .isEqualTo("{\"HasMoreTags\":false}");
    }

    @Test
    void jsonTimestampsAreSecondsWithPlainDecimals() {
        assertThat(
                        json(
                                Record.builder()
                                        .approximateArrivalTimestamp(
                                                Instant.ofEpochMilli(1_700_000_000_120L))
                                        .data(SdkBytes.fromByteArray(new byte[] {1, 2}))
                                        .build()))
                .isEqualTo("{\"ApproximateArrivalTimestamp\":1700000000.12,\"Data\":\"AQI=\"}");
        assertThat(
                        json(
                                DescribeStreamSummaryResponse.builder()
                                        .streamDescriptionSummary(summary ->
                                                summary.streamCreationTimestamp(
                                                        Instant.ofEpochSecond(1_700_000_000)))
                                        .build()))
                .isEqualTo(
                        "{\"StreamDescriptionSummary\":{\"StreamCreationTimestamp\":1700000000}}");
    }

    @Test
    void cborTimestampsAreTaggedMilliseconds() {
        var written =
                PojoCodec.write(
                        WireFormat.CBOR,
                        Record.builder()
                                .approximateArrivalTimestamp(
                                        Instant.ofEpochMilli(1_700_000_000_120L))
                                .data(SdkBytes.fromByteArray(new byte[] {1, 2}))
                                .build());
        assertThat(HexFormat.of().formatHex(written.getBytes()))
                .isEqualTo(
                        "bf"
                                + "781b"
                                + hex("ApproximateArrivalTimestamp")
                                + "c11b0000018bcfe56878"
                                + "64"
                                + hex("Data")
                                + "420102"
                                + "ff");
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(UTF_8));
    }

    @ParameterizedTest
    @CsvSource({
        "1700000000, 1700000000000",
        "1700000000.5, 1700000000500",
        "1.7E9, 1700000000000",
        "1700000000.1234, 1700000000123",
        "-1, -1000",
        "0, 0"
    })
    void readsJsonTimestamps(String written, long ms) {
        assertThat(
                        json(
                                        GetShardIteratorRequest.builder(),
                                        "{\"Timestamp\":%s}".formatted(written))
                                .timestamp())
                .isEqualTo(Instant.ofEpochMilli(ms));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // {"Timestamp": 1(1700000000120)}, untagged, and as a double
                "a1 69 54696d657374616d70 c1 1b 0000018bcfe56878",
                "a1 69 54696d657374616d70 1b 0000018bcfe56878",
                "bf 69 54696d657374616d70 c1 fb 4278bcfe56878000 ff"
            })
    void readsCborTimestamps(String hex) {
        assertThat(cbor(GetShardIteratorRequest.builder(), hex).timestamp())
                .isEqualTo(Instant.ofEpochMilli(1_700_000_000_120L));
    }

    @Test
    void readsCborOfIndefiniteLengthAnywhere() {
        // {_ "Records": [_ {_ "Data": (_ h'01', h'0203'), "PartitionKey": (_ "a", "b")}]}
        var read =
                cbor(
                        PutRecordsRequest.builder(),
                        "bf 67 5265636f726473 9f bf"
                                + " 64 44617461 5f 41 01 42 0203 ff"
                                + " 6c 506172746974696f6e4b6579 7f 61 61 61 62 ff"
                                + " ff ff ff");
        assertThat(read.records()).hasSize(1);
        assertThat(read.records().getFirst().data().asByteArray()).containsExactly(1, 2, 3);
        assertThat(read.records().getFirst().partitionKey()).isEqualTo("ab");
    }

    @Test
    void nullIsAbsentAndUnknownIsSkipped() {
        var read =
                json(
                        CreateStreamRequest.builder(),
                        "{\"ShardCount\":null,\"What\":{\"a\":[1,{\"b\":2e999}]},"
                                + "\"StreamName\":\"s\",\"Tags\":null}");
        assertThat(read).isEqualTo(CreateStreamRequest.builder().streamName("s").build());
        assertThat(read.hasTags()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|false",
                "{\"DryRun\":true}|true",
                "{\"DryRun\":false}|false",
                "{\"DryRun\":null}|false",
                "{\"a\":{\"DryRun\":true},\"b\":[{\"DryRun\":true}]}|false",
                "{\"a\":{\"b\":[1]},\"DryRun\":true,\"c\":1}|true",
            })
    void findsFlagsTheModelHasNot(String body, boolean flag) {
        assertThat(PojoCodec.flag(WireFormat.JSON, body.getBytes(UTF_8), "DryRun")).isEqualTo(flag);
    }

    @Test
    void findsFlagsInCbor() {
        // {_ "DryRun": true}
        var body = HexFormat.of().parseHex("bf6644727952756ef5ff");
        assertThat(PojoCodec.flag(WireFormat.CBOR, body, "DryRun")).isTrue();
        assertThat(PojoCodec.flag(WireFormat.CBOR, body, "Other")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "[]", "{", "{\"DryRun\":1}", "{\"DryRun\":\"true\"}", "{\"DryRun\":{}}"})
    void refusesWhatIsNoFlag(String body) {
        refusal(() -> PojoCodec.flag(WireFormat.JSON, body.getBytes(UTF_8), "DryRun"));
    }

    @Test
    void emptyContainersAreNotAbsent() {
        assertThat(json(PutRecordsRequest.builder(), "{\"Records\":[]}").hasRecords()).isTrue();
        assertThat(json(CreateStreamRequest.builder(), "{\"Tags\":{}}").hasTags()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "7",
                "\"a\"",
                "{",
                "{\"StreamName\"",
                "{\"StreamName\":",
                "{\"StreamName\":\"a\"",
                "{\"StreamName\":\"a\"}}",
                "{\"StreamName\":\"a\"} x",
                "{\"StreamName\":\"a\"}{}",
                "{\"StreamName\":\"a\",}",
                "{\"StreamName\":\"a\",\"StreamName\":\"b\"}",
                "{'StreamName':'a'}",
                "{\"StreamName\":\"\u0001\"}",
                "{\"StreamName\":\"\\ud800\"}",
                "{\"StreamName\":\"\\udc00\\ud800\"}",
                "{\"ShardCount\":NaN}",
                "{\"ShardCount\":1e400}",
                "{\"ShardCount\":-1e400}",
                "{\"ShardCount\":1e10}",
                "{\"ShardCount\":99999999999999999999999999}",
                "{\"Tags\":{\"a\":null}}",
                "{\"Tags\":{\"\\ud800\":\"a\"}}",
                "\ufeff{\"StreamName\":\"a\"}",
            })
    void refusesBrokenJson(String body) {
        assertThat(refusal(() -> json(CreateStreamRequest.builder(), body))).isNotBlank();
    }

    @Test
    void refusesNumbersOfAnyLength() {
        refusal(() ->
                json(
                        CreateStreamRequest.builder(),
                        "{\"ShardCount\":1%s}".formatted("0".repeat(100_000))));
        refusal(() -> json(GetShardIteratorRequest.builder(), "{\"Timestamp\":1e99999999}"));
        refusal(() -> json(GetShardIteratorRequest.builder(), "{\"Timestamp\":253402300800}"));
    }

    @Test
    void cutsFractionsOff() {
        assertThat(json(CreateStreamRequest.builder(), "{\"ShardCount\":34.56}").shardCount())
                .isEqualTo(34);
        assertThat(json(CreateStreamRequest.builder(), "{\"ShardCount\":1e3}").shardCount())
                .isEqualTo(1000);
    }

    @Test
    void refusesOtherEncodings() {
        var text = "{\"StreamName\":\"ä\"}";
        for (var charset : List.of(ISO_8859_1, UTF_16)) {
            refusal(() ->
                    PojoCodec.read(
                            WireFormat.JSON,
                            text.getBytes(charset),
                            CreateStreamRequest.builder()));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "f6",
                "80",
                "01",
                "a1", // ends behind a map's head
                "a1 6a 53747265616d4e616d65", // no value
                "a1 6a 53747265616d4e616d65 61", // text cut off
                "a1 6a 53747265616d4e616d65 7b 7fffffffffffffff 61", // text of 2^63-1 bytes
                "a1 6a 53747265616d4e616d65 5b 7fffffffffffffff 61", // blob of 2^63-1 bytes
                "bb 7fffffffffffffff 6a 53747265616d4e616d65 61 61",
                "a1 6a 53747265616d4e616d65 41 61", // bytes for a text
                "a1 6a 53747265616d4e616d65 62 c328", // invalid UTF-8
                "a1 6a 53747265616d4e616d65 63 eda080", // a surrogate
                "a1 6a 53747265616d4e616d65 01",
                "a1 6a 53747265616d4e616d65 f5",
                "a1 6a 53747265616d4e616d65 61 61 00", // goes on
                "a2 6a 53747265616d4e616d65 61 61 6a 53747265616d4e616d65 61 62", // twice
                "a1 6a 5368617264436f756e74 61 31", // text for a number
                "a1 6a 5368617264436f756e74 fb 7ff8000000000000", // NaN
                "a1 6a 5368617264436f756e74 fb 7ff0000000000000", // infinity
                "a1 6a 5368617264436f756e74 1b ffffffffffffffff",
                "a1 6a 5368617264436f756e74 c2 4a 01000000000000000000",
                "a1 6a 5368617264436f756e74 c4 82 1a 7fffffff 01", // 1e2147483647
                "a1 6a 5368617264436f756e74 1f",
                "ff",
            })
    void refusesBrokenCbor(String hex) {
        assertThat(refusal(() -> cbor(CreateStreamRequest.builder(), hex))).isNotBlank();
    }

    @Test
    void refusesTextForABlobInCbor() {
        refusal(() -> cbor(PutRecordRequest.builder(), "a1 64 44617461 64 41514944"));
    }

    @Test
    void refusesDepth() {
        int depth = 100_000;
        refusal(() ->
                json(
                        CreateStreamRequest.builder(),
                        "{\"What\":" + "[".repeat(depth) + "]".repeat(depth) + "}"));
        refusal(() ->
                json(
                        CreateStreamRequest.builder(),
                        "{\"a\":".repeat(depth) + "1" + "}".repeat(depth)));
        refusal(() -> cbor(CreateStreamRequest.builder(), "a1 61 61" + "81".repeat(depth) + "01"));
        refusal(() -> cbor(CreateStreamRequest.builder(), "bf 61 61".repeat(depth)));
    }

    @Test
    void aBuilderThatIsNoPojoIsABugOfOurs() {
        SdkBuilder<?, CreateStreamRequest> stranger = new Stranger();
        assertThatThrownBy(() -> json(stranger, "{}")).isInstanceOf(IllegalArgumentException.class);
    }

    private static final class Stranger implements SdkBuilder<Stranger, CreateStreamRequest> {
        @Override
        public CreateStreamRequest build() {
            return CreateStreamRequest.builder().build();
        }
    }
}
