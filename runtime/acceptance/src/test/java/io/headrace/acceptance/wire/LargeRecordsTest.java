package io.headrace.acceptance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.UnderTest;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The largest requests that Kinesis takes, all for one shard. */
@ExtendWith(UnderTest.class)
@Timeout(120)
class LargeRecordsTest {
    private static final int TEN_MIB = 10 << 20;
    private final Wire wire;

    LargeRecordsTest(URI endpoint) {
        wire = new Wire(endpoint);
    }

    private String newStream() {
        var stream = wire.newStream(1);
        wire.call(
                "UpdateMaxRecordSize",
                "{'StreamARN':'%s','MaxRecordSizeInKiB':10240}".formatted(wire.arnOf(stream)));
        return stream;
    }

    private static String text(int length, long seed) {
        var random = new Random(seed);
        var text = new StringBuilder(length);
        random.ints(length, 'a', 'z' + 1).forEach(text::appendCodePoint);
        return text.toString();
    }

    private String first(String stream) {
        return wire.call(
                        "GetShardIterator",
                        "{'StreamName':'%s','ShardId':'0','ShardIteratorType':'TRIM_HORIZON'}"
                                .formatted(stream))
                .path("ShardIterator")
                .asText();
    }

    @Test
    void aRecordOfTenMebibytesComesBackAsItWentInBothFormats() {
        var stream = newStream();
        var data = Wire.base64(text(TEN_MIB - 1, 11));
        var put = "{'StreamName':'%s','PartitionKey':'k','Data':'%s'}".formatted(stream, data);
        var formats = List.<BiFunction<String, String, Wire.Answer>>of(wire::json, wire::cbor);
        for (var format : formats) {
            assertThat(format.apply("PutRecord", put).status()).isEqualTo(200);
        }
        for (var format : formats) {
            var iterator = first(stream);
            for (int i = 0; i < formats.size(); i++) {
                var answer =
                        format.apply("GetRecords", "{'ShardIterator':'" + iterator + "'}").body();
                assertThat(answer.path("Records")).as("one large record at a time").hasSize(1);
                // Jackson writes the bytes of a CBOR answer as Base64, too.
                assertThat(answer.at("/Records/0/Data").asText().equals(data)).isTrue();
                iterator = answer.path("NextShardIterator").asText();
            }
        }
        var over = put.replace(data, Wire.base64(text(TEN_MIB, 11)));
        assertThat(wire.json("PutRecord", over).type()).isEqualTo("ValidationException");
    }

    @Test
    void fiveHundredRecordsOfTenMebibytesInAllAreTakenAndNotAByteMore() {
        var stream = newStream();
        int each = TEN_MIB / 500 - 1;
        var entry = "{'PartitionKey':'k','Data':'" + Wire.base64(text(each, 12)) + "'}";
        var all = String.join(",", Collections.nCopies(500, entry));
        var taken =
                wire.call(
                        "PutRecords", "{'StreamName':'%s','Records':[%s]}".formatted(stream, all));
        assertThat(taken.path("FailedRecordCount").asInt(-1)).isZero();
        var larger = "{'PartitionKey':'k','Data':'" + Wire.base64(text(each + 300, 12)) + "'}";
        var refused =
                wire.json(
                        "PutRecords",
                        "{'StreamName':'%s','Records':[%s]}"
                                .formatted(stream, all.replaceFirst("\\{[^}]*}", larger)));
        assertThat(refused.type()).isEqualTo("InvalidArgumentException");
        // All of it is also what one answer takes.
        var read = wire.call("GetRecords", "{'ShardIterator':'" + first(stream) + "'}");
        assertThat(read.path("Records").size()).isBetween(490, 500);
    }
}
