package io.headrace.store.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.segment.ListRef;
import io.headrace.store.segment.SegmentRef;
import io.headrace.store.segment.SegmentSpan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The bytes of lists, and of manifests that name some, as version 2 wrote them; never made anew.
 */
class GoldenListTest {
    private static final ShardKey SHARD = new ShardKey(0x0123_4567_89ab_cdefL, 7);
    private static final String LIST = SegmentNames.of(SegmentNames.lists(SHARD), 11, 0xabcdL);

    private static final List<SegmentSpan> SPANS =
            List.of(segment(9, 900, 1001), segment(10, 1001, 1500));

    private static final ListRef REF = ListObject.refOf(LIST, SPANS);

    @Test
    void listBytes() throws IOException {
        var golden = golden("list.bin");
        assertThat(ListObject.write(SHARD, SPANS)).isEqualTo(golden);
        assertThat(ListObject.read(SHARD, REF, golden)).isEqualTo(SPANS);
    }

    @Test
    void manifestBytes() throws IOException {
        var golden = golden("manifest.json");
        assertThat(manifest().toJson()).isEqualTo(golden);
        assertThat(Manifest.parse("golden", golden)).isEqualTo(manifest());
    }

    @Test
    void anyDamageIsSeen() throws IOException {
        var golden = golden("list.bin");
        var random = new Random(1);
        for (int i = 0; i < 300; i++) {
            var bytes = ByteBuffer.allocate(golden.remaining()).put(golden.duplicate()).flip();
            int at = random.nextInt(bytes.limit());
            bytes.put(at, (byte) (bytes.get(at) ^ (1 << random.nextInt(8))));
            assertThatThrownBy(() -> ListObject.read(SHARD, REF, bytes))
                    .isInstanceOf(DamagedBlockException.class)
                    .hasMessageContaining(LIST);
        }
        for (int length = 0; length < golden.remaining(); length += 7) {
            var cut = golden.slice(0, length);
            assertThatThrownBy(() -> ListObject.read(SHARD, REF, cut))
                    .isInstanceOf(DamagedBlockException.class);
        }
    }

    @Test
    void anotherListIsDamage() throws IOException {
        var golden = golden("list.bin");
        assertThatThrownBy(() -> ListObject.read(new ShardKey(1, 7), REF, golden.duplicate()))
                .isInstanceOf(DamagedBlockException.class);
        var other = ListObject.refOf(LIST, List.of(SPANS.getFirst()));
        assertThatThrownBy(() -> ListObject.read(SHARD, other, golden.duplicate()))
                .isInstanceOf(DamagedBlockException.class)
                .hasMessageContaining("is not the list of");
    }

    @Test
    void aManifestOfAnOlderOrNewerBuildIsReadOrRefusedByName() throws IOException {
        var json = new String(bytes(golden("manifest.json")), StandardCharsets.UTF_8);
        var newer = json.replace("\"format\":2", "\"format\":3");
        assertThatThrownBy(() ->
                        Manifest.parse(
                                "the/name",
                                ByteBuffer.wrap(newer.getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("the/name has manifest format 3; this build reads up to 2");
    }

    /** Writes the files that are not there yet into the folder given: for a new format. */
    public static void main(String[] arguments) throws IOException {
        var folder = Path.of(arguments[0]);
        Files.createDirectories(folder);
        write(folder.resolve("list.bin"), ListObject.write(SHARD, SPANS));
        write(folder.resolve("manifest.json"), manifest().toJson());
    }

    private static void write(Path file, ByteBuffer content) throws IOException {
        if (!Files.exists(file)) {
            Files.write(file, bytes(content));
        }
    }

    private static byte[] bytes(ByteBuffer content) {
        var bytes = new byte[content.remaining()];
        content.get(bytes);
        return bytes;
    }

    private static Manifest manifest() {
        return new Manifest(
                SHARD,
                12,
                5,
                1001,
                OptionalLong.empty(),
                1_700_000_000_123L,
                List.of(REF, segment(12, 1500, 1600)),
                List.of(new JournalRange("77aa", 0, OptionalLong.empty(), 5)),
                Map.of("app", new Checkpoint(1050, 3, "worker-1", 1_700_000_060_000L)));
    }

    private static SegmentRef segment(long version, long firstIndex, long nextIndex) {
        return new SegmentRef(
                SegmentNames.of(SegmentNames.segments(SHARD), version, firstIndex),
                firstIndex,
                nextIndex,
                1_699_999_999_000L + firstIndex,
                1_699_999_999_000L + nextIndex,
                70_000,
                9_000);
    }

    private static ByteBuffer golden(String name) throws IOException {
        try (var file = GoldenListTest.class.getResourceAsStream("/golden/v2/" + name)) {
            assertThat(file).as(name).isNotNull();
            return file == null ? ByteBuffer.allocate(0) : ByteBuffer.wrap(file.readAllBytes());
        }
    }
}
