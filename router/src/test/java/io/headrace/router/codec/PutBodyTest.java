package io.headrace.router.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.headrace.router.wire.RequestBody;
import io.headrace.router.wire.WireException;
import io.headrace.router.wire.WireFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PutBodyTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper CBOR = new ObjectMapper(new CBORFactory());
    private static final String[] KEYS = {
        "user-1", "ключ", "a\"b\\c\n\u0001", "😀", "", "k".repeat(300)
    };

    static LongStream seeds() {
        return LongStream.range(0, 50);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void findsWhatJacksonWrote(long seed) throws IOException {
        var random = new Random(seed);
        var request = JSON.createObjectNode();
        var records = request.putArray("Records");
        int count = random.nextInt(20);
        for (int i = 0; i < count; i++) {
            fill(records.addObject(), random);
        }
        request.put("StreamName", "clicks")
                .putObject("Unknown")
                .putArray("deep")
                .add(1.5e3)
                .add(true);
        check(request, puts(JSON.writeValueAsBytes(request), WireFormat.JSON));
        check(request, puts(CBOR.writeValueAsBytes(request), WireFormat.CBOR));
    }

    private static void fill(ObjectNode record, Random random) {
        var data = new byte[random.nextInt(200)];
        random.nextBytes(data);
        if (random.nextBoolean()) {
            record.put("Data", data).put("PartitionKey", KEYS[random.nextInt(KEYS.length)]);
        } else {
            record.put("PartitionKey", KEYS[random.nextInt(KEYS.length)]).put("Data", data);
        }
        if (random.nextBoolean()) {
            record.put("ExplicitHashKey", "12345");
        }
        if (random.nextInt(4) == 0) {
            record.putNull("Other").put("Number", random.nextInt()).put("Bytes", new byte[3]);
        }
    }

    private static void check(ObjectNode request, PutBody put) throws IOException {
        assertThat(put.text("StreamName")).isEqualTo("clicks");
        var records = request.get("Records");
        assertThat(put.count()).isEqualTo(records.size());
        for (int i = 0; i < records.size(); i++) {
            var record = records.get(i);
            assertThat(put.key(i)).isEqualTo(record.get("PartitionKey").textValue());
            int from = put.dataOffset(i);
            assertThat(Arrays.copyOfRange(put.dataSource(i), from, from + put.dataLength(i)))
                    .isEqualTo(record.get("Data").binaryValue());
            var hashKey = record.get("ExplicitHashKey");
            assertThat(put.hashKey(i)).isEqualTo(hashKey == null ? null : hashKey.textValue());
        }
    }

    @Test
    void theLastOfDuplicateMembersCountsAlone() {
        var twice =
                "{\"Records\":[{\"Data\":\"AAAA\",\"PartitionKey\":\"a\",\"ExplicitHashKey\":\"1\"},"
                        + "{\"Data\":\"AA==\",\"PartitionKey\":\"b\"}],"
                        + "\"Records\":[{\"Data\":\"AAAA\",\"Data\":\"AQI=\","
                        + "\"PartitionKey\":\"c\",\"PartitionKey\":\"d\"}]}";
        checkLast(puts(utf8(twice), WireFormat.JSON));
        // {"Records": [{"Data": h'00', "PartitionKey": "a", "ExplicitHashKey": "1"}],
        //  "Records": [{"Data": h'00', "Data": h'0102', "PartitionKey": "d"}]}
        var cbor =
                HexFormat.of()
                        .parseHex(
                                "a2"
                                        + "675265636f726473"
                                        + "81a3"
                                        + "64446174614100"
                                        + "6c506172746974696f6e4b65796161"
                                        + "6f4578706c69636974486173684b65796131"
                                        + "675265636f726473"
                                        + "81a3"
                                        + "64446174614100"
                                        + "6444617461420102"
                                        + "6c506172746974696f6e4b65796164");
        checkLast(puts(cbor, WireFormat.CBOR));
        var empty = "{\"Records\":[{\"Data\":\"AAAA\"},{\"Data\":\"AAAA\"}],\"Records\":[{}]}";
        var put = puts(utf8(empty), WireFormat.JSON);
        assertThat(put.count()).isEqualTo(1);
        assertThat(put.hasData(0)).as("nothing left of the first").isFalse();
    }

    private static void checkLast(PutBody put) {
        assertThat(put.count()).isEqualTo(1);
        assertThat(put.key(0)).isEqualTo("d");
        assertThat(put.dataLength(0)).isEqualTo(2);
        assertThat(put.hashKey(0)).isNull();
    }

    @Test
    void readsEscapesSolidusAndChunks() {
        var put =
                put(
                        utf8(
                                "{\"Data\":\"\\/\\/8=\",\"PartitionKey\":\"\\uD83D\\uDE00\\u0041\",\"StreamName\":null,"
                                        + "\"DryRun\":true}"),
                        WireFormat.JSON);
        assertThat(put.key(0)).isEqualTo("😀A");
        assertThat(put.dataLength(0)).isEqualTo(2);
        assertThat(put.text("StreamName")).isNull();
        assertThat(put.dryRun()).isTrue();
        // {_ "Data": (_ h'01', h'0203'), "PartitionKey": (_ "a", "b")}
        var chunks =
                HexFormat.of()
                        .parseHex(
                                "bf6444617461"
                                        + "5f4101420203ff"
                                        + "6c506172746974696f6e4b6579"
                                        + "7f61616162ff"
                                        + "ff");
        var joined = put(chunks, WireFormat.CBOR);
        assertThat(joined.key(0)).isEqualTo("ab");
        assertThat(joined.dataLength(0)).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[",
                "{",
                "{}x",
                "{\"Data\":\"AB\"}",
                "{\"Data\":\"A===\"}",
                "{\"Data\":\"AA*=\"}",
                "{\"Data\":5}",
                "{\"PartitionKey\":{}}",
                "{\"PartitionKey\":\"\\uD800\"}",
                "{\"PartitionKey\":\"\\x\"}",
                "{\"PartitionKey\":\"a\nb\"}",
                "{\"X\":1e400}",
                "{\"X\":01}",
                "{\"X\":tru}",
                "{\"X\":-}",
                "{\"X\" 1}",
                "{\"DryRun\":\"true\"}",
                "{,}",
                "{\"StreamName\":\"unterminated"
            })
    void refusesBrokenJson(String body) {
        assertRefused(utf8(body), WireFormat.JSON);
    }

    @Test
    void refusesRecordsThatAreNoRecords() {
        for (var records : new String[] {"{}", "5", "[5]", "[{}", "[{\"Data\":1}]", "[{},]"}) {
            assertThatThrownBy(() -> puts(utf8("{\"Records\":" + records + "}"), WireFormat.JSON))
                    .isInstanceOf(WireException.class);
        }
    }

    @Test
    void refusesDepthBombsAndInvalidUtf8() {
        assertRefused(utf8("{\"X\":" + "[".repeat(100_000)), WireFormat.JSON);
        assertRefused(utf8("{\"X\":" + "{\"a\":".repeat(100_000)), WireFormat.JSON);
        var deep = new byte[100_000];
        Arrays.fill(deep, (byte) 0x81);
        assertRefused(deep, WireFormat.CBOR);
        var bad = utf8("{\"PartitionKey\":\"aXb\"}");
        bad[bad.length - 4] = (byte) 0xff;
        assertRefused(bad, WireFormat.JSON);
    }

    @Test
    void keepsABoundedNumberOfRecords() {
        var put = puts(utf8("{\"Records\":[{}" + ",{}".repeat(100_000) + "]}"), WireFormat.JSON);
        assertThat(put.count()).isEqualTo(501);
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void mutationsAreReadOrRefused(WireFormat format) throws IOException {
        var request = JSON.createObjectNode().put("StreamName", "clicks");
        var random = new Random(7);
        for (int i = 0; i < 5; i++) {
            fill(request.withArray("Records").addObject(), random);
        }
        var valid = (format == WireFormat.JSON ? JSON : CBOR).writeValueAsBytes(request);
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            var bytes = Arrays.copyOf(valid, 1 + random.nextInt(valid.length));
            for (int k = random.nextInt(4); k >= 0; k--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                puts(bytes, format);
            } catch (WireException e) {
                assertThat(e.type()).isEqualTo("SerializationException");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(10_000);
    }

    @Test
    void base64OfEveryLengthIsRead() {
        for (int length = 0; length < 50; length++) {
            var text = Base64.getEncoder().encodeToString(new byte[length]);
            var put = put(utf8("{\"Data\":\"" + text + "\"}"), WireFormat.JSON);
            assertThat(put.dataLength(0)).isEqualTo(length);
        }
    }

    private static void assertRefused(byte[] body, WireFormat format) {
        assertThatThrownBy(() -> put(body, format))
                .isInstanceOfSatisfying(
                        WireException.class,
                        e -> assertThat(e.type()).isEqualTo("SerializationException"));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static PutBody put(byte[] body, WireFormat format) {
        return PutBody.ofPutRecord(longer(body), format);
    }

    private static PutBody puts(byte[] body, WireFormat format) {
        return PutBody.ofPutRecords(longer(body), format);
    }

    /** In an array that goes on with what must not be read. */
    private static RequestBody longer(byte[] body) {
        var array = Arrays.copyOf(body, body.length + 64);
        Arrays.fill(array, body.length, array.length, (byte) '}');
        return new RequestBody(array, body.length);
    }
}
