package io.headrace.client.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the load generator writes and reads by hand, against a real codec. */
class WireTest {
    private static ObjectMapper mapper(Wire wire) {
        return switch (wire) {
            case JSON -> new ObjectMapper();
            case CBOR -> new ObjectMapper(new CBORFactory());
        };
    }

    private static byte[] answer(Wire wire, Map<String, ?> members) throws IOException {
        return mapper(wire).writeValueAsBytes(members);
    }

    @ParameterizedTest
    @EnumSource
    void requestsAreWhatACodecReads(Wire wire) throws IOException {
        for (int size : new int[] {1, 23, 24, 300, 70_000}) {
            var records = Payload.RANDOM.records(1, 30, size);
            var tree = mapper(wire).readTree(wire.putRecords("s", records));
            assertThat(tree.path("StreamName").asText()).isEqualTo("s");
            assertThat(tree.path("Records")).hasSize(30);
            for (int i = 0; i < 30; i++) {
                var record = tree.path("Records").get(i);
                assertThat(record.path("PartitionKey").asText()).isEqualTo(records.get(i).key());
                assertThat(record.path("Data").binaryValue()).isEqualTo(records.get(i).data());
            }
            var single = mapper(wire).readTree(wire.putRecord("s", records.getFirst()));
            assertThat(single.path("StreamName").asText()).isEqualTo("s");
            assertThat(single.path("Data").binaryValue()).isEqualTo(records.getFirst().data());
            assertThat(single).hasSize(3);
        }
        var read = mapper(wire).readTree(wire.getRecords("it/er+ator==", 10_000));
        assertThat(read.path("ShardIterator").asText()).isEqualTo("it/er+ator==");
        assertThat(read.path("Limit").asInt()).isEqualTo(10_000);
    }

    @ParameterizedTest
    @EnumSource
    void refusalsAreCountedWhereverTheyStand(Wire wire) throws IOException {
        for (int failed : new int[] {0, 5, 23, 24, 255, 256, 500}) {
            var members = new LinkedHashMap<String, Object>();
            members.put("FailedRecordCount", failed);
            members.put("Records", List.of("x".repeat(5_000)));
            assertThat(failed(wire, answer(wire, members))).isEqualTo(failed);
            var reversed = new LinkedHashMap<String, Object>();
            members.sequencedEntrySet()
                    .reversed()
                    .forEach(e -> reversed.put(e.getKey(), e.getValue()));
            assertThat(failed(wire, answer(wire, reversed))).isEqualTo(failed);
        }
        var without =
                Map.of("Records", List.of(Map.of("ErrorCode", "a"), Map.of("ErrorCode", "b")));
        assertThat(failed(wire, answer(wire, without))).isEqualTo(2);
    }

    private static int failed(Wire wire, byte[] body) {
        return Answer.failedRecords(wire, body, 0, body.length);
    }

    @ParameterizedTest
    @EnumSource
    void aReadIsCountedAndContinued(Wire wire) throws IOException {
        for (int iteratorLength : new int[] {1, 23, 24, 200, 300}) {
            var records = List.of(Map.of("SequenceNumber", "1"), Map.of("SequenceNumber", "2"));
            var iterator = "i".repeat(iteratorLength);
            var body =
                    answer(
                            wire,
                            Map.of(
                                    "Records", records,
                                    "NextShardIterator", iterator,
                                    "MillisBehindLatest", 123_456));
            // In front of it other bytes, as in a connection's buffer.
            var buffer = ("SequenceNumber" + "?".repeat(20)).getBytes(StandardCharsets.UTF_8);
            int from = buffer.length;
            var whole = Arrays.copyOf(buffer, from + body.length);
            System.arraycopy(body, 0, whole, from, body.length);
            assertThat(Answer.records(whole, from, whole.length)).isEqualTo(2);
            assertThat(Answer.nextIterator(wire, whole, from, whole.length)).isEqualTo(iterator);
            assertThat(Answer.millisBehind(wire, whole, from, whole.length)).isEqualTo(123_456);
        }
        var end = new HashMap<String, @Nullable Object>();
        end.put("NextShardIterator", null);
        var body = answer(wire, end);
        assertThat(Answer.nextIterator(wire, body, 0, body.length)).isNull();
        var empty = answer(wire, Map.of());
        assertThat(Answer.nextIterator(wire, empty, 0, empty.length)).isNull();
    }
}
