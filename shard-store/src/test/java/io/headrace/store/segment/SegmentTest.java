package io.headrace.store.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.object.MemoryStore;
import io.headrace.store.record.Block;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.record.TestBlocks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SegmentTest {
    private static final String NAME = "shards/s/segment";

    private final MemoryStore store = new MemoryStore();

    static LongStream seeds() {
        return LongStream.range(0, 40);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyReadGivesTheBlocksThatWereWritten(long seed) throws IOException {
        var random = new Random(seed);
        var blocks = TestBlocks.run(random, 1 + random.nextInt(80), 20, 1 + random.nextInt(3000));
        var ref = write(blocks, 1 << random.nextInt(6, 18));
        var reader = SegmentReader.open(store, ref);
        assertThat(reader.shard()).isEqualTo(TestBlocks.SHARD);
        assertThat(ref.firstIndex()).isEqualTo(blocks.getFirst().firstIndex());
        assertThat(ref.nextIndex()).isEqualTo(blocks.getLast().nextIndex());
        assertThat(ref.storedBytes()).isEqualTo(store.size(NAME).orElseThrow());
        assertThat(ref.rawBytes()).isEqualTo(blocks.stream().mapToLong(Block::length).sum());
        assertThat(readAll(reader, random)).isEqualTo(contents(blocks));
        for (int i = 0; i < 20; i++) {
            long from = random.nextLong(ref.firstIndex() - 2, ref.nextIndex() + 2);
            var expected = blocks.stream().filter(block -> block.nextIndex() > from).toList();
            var read = reader.read(from, random.nextInt(100_000));
            assertThat(contents(read)).isEqualTo(contents(expected.subList(0, read.size())));
            assertThat(read.isEmpty()).isEqualTo(expected.isEmpty());
            long arrival = random.nextLong(ref.firstArrivalMs() - 2, ref.lastArrivalMs() + 3);
            assertThat(reader.indexAt(arrival))
                    .isEqualTo(
                            blocks.stream()
                                    .filter(block -> block.arrivalMs() >= arrival)
                                    .mapToLong(Block::firstIndex)
                                    .findFirst());
        }
    }

    @Test
    void whatDoesNotShrinkIsStoredPlain() throws IOException {
        var noise = new byte[100_000];
        new Random(1).nextBytes(noise);
        var block = TestBlocks.block(TestBlocks.batch(noise), 1, 0, 5);
        var ref = write(List.of(block), 1000);
        assertThat(ref.storedBytes())
                .isEqualTo(ref.rawBytes() + SegmentFormat.ENTRY_BYTES + SegmentFormat.FOOTER_BYTES);
        assertThat(contents(SegmentReader.open(store, ref).read(0, 1)))
                .isEqualTo(contents(List.of(block)));
    }

    @Test
    void bytesMaxBoundsTheChunksAfterTheFirst() throws IOException {
        var blocks = TestBlocks.run(new Random(2), 200, 10, 1000);
        var ref = write(blocks, 10_000);
        var reader = SegmentReader.open(store, ref);
        var first = reader.read(ref.firstIndex(), 0);
        assertThat(first.stream().mapToInt(Block::length).sum()).isBetween(1, 12_500);
        var more = reader.read(ref.firstIndex(), 50_000);
        assertThat(more.stream().mapToInt(Block::length).sum()).isBetween(37_500, 50_000);
        assertThat(reader.read(ref.nextIndex(), 50_000)).isEmpty();
    }

    @Test
    void aGapBetweenBlocksIsReadOver() throws IOException {
        var before = TestBlocks.block(TestBlocks.batch(new byte[10]), 1, 5, 100);
        var after = TestBlocks.block(TestBlocks.batch(new byte[10]), 2, 9, 100);
        var reader = SegmentReader.open(store, write(List.of(before, after), 1));
        assertThat(contents(reader.read(7, 10))).isEqualTo(contents(List.of(after)));
    }

    @Test
    void blocksOutOfOrderAreRefused() {
        var block = TestBlocks.block(TestBlocks.batch(new byte[10], new byte[3]), 1, 5, 100);
        var overlapping = TestBlocks.block(TestBlocks.batch(new byte[10]), 1, 6, 100);
        var earlier = TestBlocks.block(TestBlocks.batch(new byte[10]), 1, 7, 99);
        var writer = new SegmentWriter();
        writer.add(block);
        assertThatThrownBy(() -> writer.add(overlapping))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> writer.add(earlier)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTakenNameIsNotOverwritten() throws IOException {
        store.createIfAbsent(NAME, ByteBuffer.allocate(1));
        var block = TestBlocks.block(TestBlocks.batch(new byte[10]), 1, 5, 100);
        assertThatThrownBy(() -> write(List.of(block), 1000))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void aFlippedBitAnywhereIsFoundAndNamed() throws IOException {
        var ref = write(TestBlocks.run(new Random(3), 6, 3, 60), 200);
        for (long bit = 0; bit < ref.storedBytes() * 8; bit++) {
            var damaged = store.copy();
            damaged.flipBit(NAME, bit);
            assertThatThrownBy(
                            () -> {
                                var reader = SegmentReader.open(damaged, ref);
                                reader.read(ref.firstIndex(), Long.MAX_VALUE);
                            })
                    .as("bit %d", bit)
                    .isInstanceOf(DamagedBlockException.class)
                    .hasMessageContaining(NAME);
        }
    }

    @Test
    void damageInOneChunkLeavesTheOthersReadable() throws IOException {
        var blocks = TestBlocks.run(new Random(4), 9, 3, 300);
        var ref = write(blocks, 1);
        var damaged = store.copy();
        damaged.flipBit(NAME, 8);
        var reader = SegmentReader.open(damaged, ref);
        assertThatThrownBy(() -> reader.read(ref.firstIndex(), 1))
                .isInstanceOf(DamagedBlockException.class)
                .hasMessageContaining("chunk 0 of segment " + NAME + " at offset 0");
        assertThat(contents(reader.read(blocks.get(1).firstIndex(), Long.MAX_VALUE)))
                .isEqualTo(contents(blocks.subList(1, 9)));
    }

    @Test
    void aNewerFormatIsRefusedByName() throws IOException {
        var ref = write(TestBlocks.run(new Random(5), 3, 3, 60), 200);
        var bytes = store.get(NAME).orElseThrow();
        bytes.put(bytes.limit() - 8, (byte) 2);
        store.delete(NAME);
        store.createIfAbsent(NAME, bytes);
        assertThatThrownBy(() -> SegmentReader.open(store, ref))
                .isInstanceOf(DamagedBlockException.class)
                .hasMessageContaining("format version 2")
                .hasMessageContaining("newer Headrace");
    }

    private SegmentRef write(List<Block> blocks, int chunkBytes) throws IOException {
        var writer = new SegmentWriter(chunkBytes);
        blocks.forEach(writer::add);
        return writer.writeTo(store, NAME);
    }

    private static List<ByteBuffer> readAll(SegmentReader reader, Random random)
            throws IOException {
        var all = new ArrayList<Block>();
        long next = reader.ref().firstIndex();
        while (next < reader.ref().nextIndex()) {
            var read = reader.read(next, random.nextInt(50_000));
            assertThat(read).isNotEmpty();
            all.addAll(read);
            next = read.getLast().nextIndex();
        }
        return contents(all);
    }

    private static List<ByteBuffer> contents(List<Block> blocks) {
        return blocks.stream().map(Block::content).toList();
    }
}
