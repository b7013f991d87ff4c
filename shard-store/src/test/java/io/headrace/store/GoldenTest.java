package io.headrace.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.object.MemoryStore;
import io.headrace.store.record.Block;
import io.headrace.store.record.RecordBatch;
import io.headrace.store.record.TestBlocks;
import io.headrace.store.segment.SegmentReader;
import io.headrace.store.segment.SegmentRef;
import io.headrace.store.segment.SegmentWriter;
import io.headrace.store.shard.Checkpoint;
import io.headrace.store.shard.JournalRange;
import io.headrace.store.shard.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The bytes of every format as version 1 wrote them. They are never made anew: a later format gets
 * a folder of its own, and these stay readable.
 */
class GoldenTest {
    private static final String SEGMENT = "shards/0123456789abcdef/00000007/segment/golden";

    @Test
    void batchBytes() throws IOException {
        assertThat(batchOf(3).content()).isEqualTo(golden("batch.bin"));
    }

    @Test
    void blockBytes() throws IOException {
        var golden = golden("block.bin");
        assertThat(block(1).content()).isEqualTo(golden);
        var read = Block.read(golden);
        assertThat(read.firstIndex()).isEqualTo(1000);
        assertThat(read.records().next()).isTrue();
    }

    @Test
    void manifestBytes() throws IOException {
        var golden = golden("manifest.json");
        assertThat(manifest().toJson()).isEqualTo(golden);
        assertThat(Manifest.parse("golden", golden)).isEqualTo(manifest());
    }

    @Test
    void versionedObjectBytes() throws IOException {
        var golden = golden("versioned-object.bin");
        var store = new MemoryStore();
        assertThat(manifest().create(store)).isTrue();
        var name = store.list("").getFirst();
        assertThat(store.get(name)).contains(golden);
    }

    @Test
    void plainSegmentBytes() throws IOException {
        var golden = golden("segment-plain.bin");
        assertThat(segment(noise())).isEqualTo(golden);
        assertThat(read(golden, noise())).isEqualTo(block(noise()).content());
    }

    /** Another zstd may compress to other bytes, so only reading is held to them. */
    @Test
    void compressedSegmentBytes() throws IOException {
        var golden = golden("segment-zstd.bin");
        assertThat(golden.remaining()).isLessThan(2_000);
        assertThat(read(golden, new byte[4_000])).isEqualTo(block(new byte[4_000]).content());
    }

    /** Writes the files that are not there yet into the folder given: for a new format. */
    public static void main(String[] arguments) throws IOException {
        var folder = Path.of(arguments[0]);
        Files.createDirectories(folder);
        write(folder.resolve("batch.bin"), batchOf(3).content());
        write(folder.resolve("block.bin"), block(1).content());
        write(folder.resolve("manifest.json"), manifest().toJson());
        var store = new MemoryStore();
        manifest().create(store);
        var name = store.list("").getFirst();
        write(folder.resolve("versioned-object.bin"), store.get(name).orElseThrow());
        write(folder.resolve("segment-plain.bin"), segment(noise()));
        write(folder.resolve("segment-zstd.bin"), segment(new byte[4_000]));
    }

    private static void write(Path file, ByteBuffer content) throws IOException {
        if (!Files.exists(file)) {
            var bytes = new byte[content.remaining()];
            content.get(bytes);
            Files.write(file, bytes);
        }
    }

    private static RecordBatch batchOf(int seed) {
        var random = new Random(seed);
        return TestBlocks.batch(TestBlocks.clicks(random, 100), TestBlocks.clicks(random, 0));
    }

    private static Block block(int seed) {
        return TestBlocks.block(batchOf(seed), 5, 1000, 1_700_000_000_123L);
    }

    private static Block block(byte[] data) {
        return TestBlocks.block(TestBlocks.batch(data), 5, 1000, 1_700_000_000_123L);
    }

    private static byte[] noise() {
        var noise = new byte[500];
        new Random(7).nextBytes(noise);
        return noise;
    }

    private static ByteBuffer segment(byte[] data) throws IOException {
        var store = new MemoryStore();
        var writer = new SegmentWriter(1000);
        writer.add(block(data));
        writer.writeTo(store, SEGMENT);
        return store.get(SEGMENT).orElseThrow();
    }

    private static ByteBuffer read(ByteBuffer segment, byte[] data) throws IOException {
        var store = new MemoryStore();
        store.createIfAbsent(SEGMENT, segment.duplicate());
        var block = block(data);
        var ref =
                new SegmentRef(
                        SEGMENT,
                        block.firstIndex(),
                        block.nextIndex(),
                        block.arrivalMs(),
                        block.arrivalMs(),
                        block.length(),
                        segment.remaining());
        return SegmentReader.open(store, ref).read(0, 1).getFirst().content();
    }

    private static Manifest manifest() {
        return new Manifest(
                TestBlocks.SHARD,
                12,
                5,
                900,
                OptionalLong.of(2000),
                1_700_000_000_123L,
                List.of(
                        new SegmentRef(
                                SEGMENT,
                                900,
                                1001,
                                1_699_999_999_000L,
                                1_700_000_000_123L,
                                70_000,
                                9_000)),
                List.of(
                        new JournalRange("9f2c", 17, OptionalLong.of(40), 4),
                        new JournalRange("77aa", 0, OptionalLong.empty(), 5)),
                Map.of("app", new Checkpoint(950, 3, "worker-1", 1_700_000_060_000L)));
    }

    private static ByteBuffer golden(String name) throws IOException {
        try (InputStream file = GoldenTest.class.getResourceAsStream("/golden/v1/" + name)) {
            assertThat(file).as(name).isNotNull();
            return file == null ? ByteBuffer.allocate(0) : ByteBuffer.wrap(file.readAllBytes());
        }
    }
}
