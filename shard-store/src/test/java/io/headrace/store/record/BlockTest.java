package io.headrace.store.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockTest {
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void recordsComeBackAsTheyWereAdded(long seed) {
        var random = new Random(seed);
        var builder = new RecordBatchBuilder(random.nextInt(100));
        var expected = new ArrayList<String>();
        var batches = new ArrayList<RecordBatch>();
        for (int i = 0; i < 50; i++) {
            // Slices of larger arrays, as the front door has them.
            var key = bytes(random, 1 + random.nextInt(30));
            var data = bytes(random, random.nextInt(1000));
            int cut = random.nextInt(key.length);
            builder.add(key, cut, key.length - cut, data, 0, data.length);
            expected.add(latin(key, cut, key.length - cut) + "=" + latin(data, 0, data.length));
            if (random.nextInt(10) == 0) {
                assertThat(builder.count()).isPositive();
                batches.add(builder.build());
            }
        }
        batches.add(builder.build());
        var body = new BlockBuilder(batches.stream().mapToInt(RecordBatch::length).sum());
        batches.forEach(body::add);
        var sealed = body.seal(TestBlocks.SHARD, 9, 1234, 5678);

        var source = ByteBuffer.allocate(sealed.length() + 10).position(3);
        source.put(sealed.content()).position(3);
        var block = Block.read(source);
        assertThat(source.position()).isEqualTo(3 + sealed.length());
        assertThat(block.shard()).isEqualTo(TestBlocks.SHARD);
        assertThat(block.epoch()).isEqualTo(9);
        assertThat(block.firstIndex()).isEqualTo(1234);
        assertThat(block.nextIndex()).isEqualTo(1284);
        assertThat(block.arrivalMs()).isEqualTo(5678);
        assertThat(records(block)).isEqualTo(expected);
    }

    @Test
    void aFlippedBitAnywhereIsFound() {
        var block = TestBlocks.block(TestBlocks.batch(new byte[20], new byte[0]), 1, 0, 1);
        for (int bit = 0; bit < block.length() * 8; bit++) {
            var damaged = copy(block);
            damaged.put(bit / 8, (byte) (damaged.get(bit / 8) ^ 1 << bit % 8));
            assertThatThrownBy(() -> Block.read(damaged))
                    .as("bit %d", bit)
                    .isInstanceOf(DamagedBlockException.class);
            assertThat(damaged.position()).isZero();
        }
    }

    @Test
    void aCutBlockIsFound() {
        var block = TestBlocks.block(TestBlocks.batch(new byte[20]), 1, 0, 1);
        for (int length = 0; length < block.length(); length++) {
            var cut = copy(block).limit(length);
            assertThatThrownBy(() -> Block.read(cut)).isInstanceOf(DamagedBlockException.class);
        }
    }

    @Test
    void aNewerFormatIsRefusedByName() {
        var newer =
                copy(TestBlocks.block(TestBlocks.batch(new byte[20]), 1, 0, 1)).put(4, (byte) 2);
        assertThatThrownBy(() -> Block.read(newer))
                .isInstanceOf(DamagedBlockException.class)
                .hasMessageContaining("block format version 2")
                .hasMessageContaining("newer Headrace");
    }

    @Test
    void aBlockIsReadFromDirectAndReadOnlyMemoryToo() {
        var block = TestBlocks.block(TestBlocks.batch(new byte[20]), 1, 0, 1);
        var direct = ByteBuffer.allocateDirect(block.length()).put(block.content()).flip();
        assertThat(Block.read(direct).content()).isEqualTo(block.content());
        assertThat(Block.read(block.content()).content()).isEqualTo(block.content());
    }

    @Test
    void keysPastTheFormatsWidthAreRefused() {
        var builder = new RecordBatchBuilder(10);
        var key = new byte[0x10000];
        assertThatThrownBy(() -> builder.add(key, 0, key.length, key, 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
        builder.add(key, 0, 0xffff, key, 0, 0);
        assertThat(builder.build().length()).isEqualTo(RecordBatch.RECORD_OVERHEAD + 0xffff);
    }

    static List<String> records(Block block) {
        var records = new ArrayList<String>();
        var cursor = block.records();
        while (cursor.next()) {
            var bytes = cursor.bytes();
            records.add(
                    latin(bytes, cursor.keyOffset(), cursor.keyLength())
                            + "="
                            + latin(bytes, cursor.dataOffset(), cursor.dataLength()));
        }
        return records;
    }

    private static ByteBuffer copy(Block block) {
        return ByteBuffer.allocate(block.length()).put(block.content()).flip();
    }

    private static byte[] bytes(Random random, int length) {
        var bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static String latin(byte[] bytes, int offset, int length) {
        return latin(ByteBuffer.wrap(bytes), offset, length);
    }

    private static String latin(ByteBuffer bytes, int offset, int length) {
        return StandardCharsets.ISO_8859_1.decode(bytes.slice(offset, length)).toString();
    }
}
