package io.headrace.store.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.HashKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamFormatTest {
    private static final String GOLDEN = "/golden/v1/stream.json";

    @Test
    void writesTheGoldenBytes() throws IOException {
        assertThat(text(StreamFormat.write(everything(), 0x0123456789abcdefL))).isEqualTo(golden());
    }

    @Test
    void readsTheGoldenBytes() throws IOException {
        assertThat(StreamFormat.read(bytes(golden()), "golden")).contains(everything());
    }

    /** As builds wrote that did not count them. */
    @Test
    void readsAStreamWithoutTimesOfEncryption() throws IOException {
        var older = golden().replace("\"encryptionsMs\":[6],\"decryptionsMs\":[7,8],", "");
        assertThat(older).isNotEqualTo(golden());
        var state = everything();
        var changes =
                new ChangeLog(
                        state.changes().modeSwitchesMs(),
                        state.changes().scalingsMs(),
                        List.of(),
                        List.of());
        assertThat(StreamFormat.read(bytes(older), "older")).contains(state.withChanges(changes));
        assertThat(text(StreamFormat.write(state.withChanges(changes), 0x0123456789abcdefL)))
                .isEqualTo(older);
    }

    static List<Transition> pending() {
        return List.of(
                new Transition.Create(5),
                new Transition.Update(6),
                new Transition.Delete(7),
                new Transition.Reshape(8, List.of(new HashKey(-2, 3)), List.of(HashKey.MAX)));
    }

    @ParameterizedTest
    @MethodSource("pending")
    void readsBackEveryPendingChange(Transition transition) throws IOException {
        var state = everything().settle().begin(StreamStatus.UPDATING, transition);
        assertThat(StreamFormat.read(StreamFormat.write(state, 1), "x")).contains(state);
    }

    @Test
    void aDeletedStreamReadsAsNone() throws IOException {
        assertThat(StreamFormat.read(StreamFormat.writeDeleted(1), "x")).isEmpty();
    }

    @Test
    void refusesANewerFormatByName() {
        var newer = golden().replace("\"format\":1", "\"format\":2");
        assertThatThrownBy(() -> StreamFormat.read(bytes(newer), "meta/streams/0/n=x/1"))
                .isInstanceOf(UnreadableStateException.class)
                .hasMessageContaining("meta/streams/0/n=x/1 is of format 2, newer than");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void damageIsNamedAndNeverAnythingElse(long seed) {
        var random = new Random(seed);
        for (int i = 0; i < 400; i++) {
            var damaged = golden().getBytes(StandardCharsets.UTF_8);
            for (int j = 0; j <= random.nextInt(3); j++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(128);
            }
            var buffer = ByteBuffer.wrap(damaged, 0, random.nextInt(damaged.length + 1));
            try {
                StreamFormat.read(buffer, "the object");
            } catch (UnreadableStateException e) {
                assertThat(e).hasMessageContaining("the object");
            }
        }
    }

    private static StreamState everything() {
        var shards = ShardMap.even(2, 1_700_000_000_123L);
        var reshape = Reshaping.uniform(shards, 3, 1_700_000_009_000L);
        var round = Reshaping.round(shards, reshape);
        shards =
                Reshaping.apply(
                        shards,
                        round,
                        new HashMap<>(Map.of(0, 17L, 1, Long.MAX_VALUE)),
                        1_700_000_002_000L);
        return new StreamState(
                new StreamName("123456789012", "clicks.v1"),
                0xfedcba9876543210L,
                1_700_000_000_123L,
                StreamStatus.UPDATING,
                new StreamOptions(
                        StreamMode.ON_DEMAND,
                        168,
                        10240,
                        25,
                        new TreeSet<>(List.of("IncomingBytes", "IteratorAgeMilliseconds")),
                        new Encryption.Kms("alias/aws/kinesis")),
                shards,
                new TreeMap<>(Map.of("team", "Überall \"1\"", "env", "")),
                List.of(
                        new ConsumerState(
                                "app-1",
                                1_700_000_001_000L,
                                ConsumerState.Status.DELETING,
                                1_700_000_003_000L,
                                new TreeMap<>(Map.of("a", "b")),
                                "{\"Version\":\"2012-10-17\"}")),
                "{}",
                new ChangeLog(
                        List.of(1_700_000_001_000L), List.of(4L, 5L), List.of(6L), List.of(7L, 8L)),
                reshape);
    }

    private static String golden() {
        try (var in = StreamFormatTest.class.getResourceAsStream(GOLDEN)) {
            if (in == null) {
                throw new AssertionError("no " + GOLDEN);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }
}
