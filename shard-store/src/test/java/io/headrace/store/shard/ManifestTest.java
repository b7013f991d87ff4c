package io.headrace.store.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.object.MemoryStore;
import io.headrace.store.object.VersionedObject;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.segment.ListRef;
import io.headrace.store.segment.SegmentRef;
import io.headrace.store.segment.SegmentSpan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class ManifestTest {
    private static final ShardKey SHARD = new ShardKey(0xfedc_ba98_7654_3210L, 3);

    private final MemoryStore store = new MemoryStore();

    static LongStream seeds() {
        return LongStream.range(0, 50);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyManifestComesBack(long seed) throws IOException {
        var manifest = random(new Random(seed), seed);
        assertThat(Manifest.parse("here", manifest.toJson())).isEqualTo(manifest);
        assertThat(manifest.create(store)).isTrue();
        assertThat(Manifest.newest(store, SHARD)).contains(manifest);
    }

    @Test
    void aShardNobodyAppendedToHasNone() throws IOException {
        assertThat(Manifest.newest(store, SHARD)).isEmpty();
    }

    @Test
    void ofTwoWhoCreateAVersionOneWins() throws IOException {
        var mine = random(new Random(1), 4);
        var other = random(new Random(2), 4);
        assertThat(mine.create(store)).isTrue();
        assertThat(other.create(store)).isFalse();
        assertThat(Manifest.newest(store, SHARD)).contains(mine);
    }

    @Test
    void anotherShardsManifestIsDamage() throws IOException {
        var manifest = random(new Random(1), 4);
        var other = new ShardKey(1, 1);
        VersionedObject.create(store, Manifest.prefix(other), 4, manifest.toJson());
        assertThatThrownBy(() -> Manifest.newest(store, other))
                .isInstanceOf(DamagedBlockException.class);
        VersionedObject.create(store, Manifest.prefix(SHARD), 5, manifest.toJson());
        assertThatThrownBy(() -> Manifest.newest(store, SHARD))
                .isInstanceOf(DamagedBlockException.class)
                .hasMessageContaining("version 5 holds version 4");
    }

    @Test
    void aNewerFormatIsRefusedByName() {
        var json =
                text(random(new Random(1), 4).toJson())
                        .replaceFirst("\"format\":[12]", "\"format\":3");
        assertThatThrownBy(() -> Manifest.parse("the/name", bytes(json)))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL_FAILURE))
                .hasMessageContaining("the/name has manifest format 3")
                .hasMessageContaining("newer Headrace");
    }

    @Test
    void overlappingSegmentsAreRefused() {
        var segment = new SegmentRef("a", 5, 10, 1, 1, 1, 1);
        var overlapping = new SegmentRef("b", 9, 12, 1, 1, 1, 1);
        assertThatThrownBy(() -> with(List.of(segment, overlapping)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void writesTheFormatBeforeListsAsLongAsThereAreNone() {
        var list = new ListRef("l", 1, 4, 1, 0, 5, 1, 1, 1, 1);
        var segment = new SegmentRef("s", 5, 10, 1, 1, 1, 1);
        assertThat(text(with(List.of(segment)).toJson())).startsWith("{\"format\":1,");
        assertThat(text(with(List.of(list, segment)).toJson())).startsWith("{\"format\":2,");
        var lying = text(with(List.of(list, segment)).toJson()).replace("t\":2", "t\":1");
        assertThatThrownBy(() -> Manifest.parse("here", bytes(lying)))
                .isInstanceOf(DamagedBlockException.class);
    }

    @Test
    void aListBehindASegmentIsRefused() {
        var segment = new SegmentRef("s", 0, 5, 1, 1, 1, 1);
        var list = new ListRef("l", 1, 4, 1, 5, 10, 1, 1, 1, 1);
        assertThatThrownBy(() -> with(List.of(segment, list)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void damagedJsonIsRefusedOrRead(long seed) {
        var random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            var bytes = random(random, 4).toJson().array().clone();
            for (int flips = random.nextInt(3); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] =
                        (byte) "{}[]\",:-0129e.x\\".charAt(random.nextInt(16));
            }
            int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length;
            try {
                var manifest = Manifest.parse("here", ByteBuffer.wrap(bytes, 0, length));
                assertThat(Manifest.parse("here", manifest.toJson())).isEqualTo(manifest);
            } catch (DamagedBlockException | RefusedException e) {
                assertThat(e).hasMessageContaining("here");
            }
        }
    }

    @Test
    void aDepthBombIsDamage() {
        for (var bomb : List.of("[".repeat(1_000_000), "{\"format\":".repeat(200_000))) {
            assertThatThrownBy(() -> Manifest.parse("here", bytes(bomb)))
                    .isInstanceOf(DamagedBlockException.class);
        }
    }

    private static Manifest with(List<SegmentSpan> segments) {
        return new Manifest(SHARD, 1, 1, 0, OptionalLong.empty(), 0, segments, List.of(), Map.of());
    }

    private static Manifest random(Random random, long version) {
        var segments = new ArrayList<SegmentSpan>();
        long next = random.nextLong(1L << 40);
        for (int i = random.nextInt(3); i > 0; i--) {
            long first = next + random.nextInt(3);
            next = first + 1 + random.nextInt(1000);
            segments.add(
                    new ListRef(
                            SHARD.prefix() + "lists/" + i,
                            i,
                            9,
                            2,
                            first,
                            next,
                            i,
                            i,
                            1L << 33,
                            7));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            long first = next + random.nextInt(3);
            next = first + 1 + random.nextInt(1000);
            segments.add(
                    new SegmentRef(SHARD.prefix() + i, first, next, i, i + 5L, 1L << 33, 1000));
        }
        var ranges = new ArrayList<JournalRange>();
        for (int i = random.nextInt(3); i > 0; i--) {
            var to = random.nextBoolean() ? OptionalLong.of(70 + i) : OptionalLong.empty();
            ranges.add(new JournalRange("journal-" + i, 60, to, i));
        }
        var checkpoints = new HashMap<String, Checkpoint>();
        for (int i = random.nextInt(3); i > 0; i--) {
            checkpoints.put("app \"" + i, new Checkpoint(random.nextLong(9), i, "node-ü", 99));
        }
        return new Manifest(
                SHARD,
                version,
                random.nextLong(Long.MAX_VALUE),
                random.nextLong(100),
                random.nextBoolean() ? OptionalLong.of(Long.MAX_VALUE) : OptionalLong.empty(),
                1_700_000_000_123L,
                segments,
                ranges,
                checkpoints);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }
}
