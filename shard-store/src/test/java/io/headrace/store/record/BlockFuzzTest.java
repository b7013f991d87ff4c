package io.headrace.store.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No bytes may do worse than be refused, not even where someone made the checksum match. */
@Timeout(60)
class BlockFuzzTest {
    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void damagedBytesAreRefusedOrRead(long seed) {
        var random = new Random(seed);
        int refused = 0;
        int read = 0;
        for (int i = 0; i < 500; i++) {
            var data = new byte[1 + random.nextInt(5)][];
            for (int j = 0; j < data.length; j++) {
                data[j] = new byte[random.nextInt(40)];
            }
            var block = TestBlocks.block(TestBlocks.batch(data), 1, random.nextLong(9), 1);
            var bytes = ByteBuffer.allocate(block.length()).put(block.content()).flip();
            mutate(random, bytes);
            if (random.nextInt(4) != 0 && bytes.limit() >= Block.HEADER_BYTES) {
                bytes.putInt(12, bytes.limit());
                bytes.putInt(8, Block.checksum(bytes.duplicate()));
            }
            try {
                walk(Block.read(bytes));
                read++;
            } catch (DamagedBlockException e) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
        assertThat(read).isPositive();
    }

    private static void walk(Block block) {
        assertThat(block.nextIndex()).isGreaterThan(block.firstIndex());
        assertThat(block.shard().number()).isNotNegative();
        if (block.codec() != Block.CODEC_PLAIN) {
            return;
        }
        var cursor = block.records();
        int count = 0;
        while (cursor.next()) {
            cursor.bytes().slice(cursor.keyOffset(), cursor.keyLength());
            cursor.bytes().slice(cursor.dataOffset(), cursor.dataLength());
            count++;
        }
        assertThat(count).isEqualTo(block.count());
    }

    private static void mutate(Random random, ByteBuffer bytes) {
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(bytes.limit());
            switch (random.nextInt(4)) {
                case 0 -> bytes.put(at, (byte) random.nextInt());
                case 1 -> bytes.put(at, (byte) (bytes.get(at) ^ 1 << random.nextInt(8)));
                case 2 -> bytes.putInt(Math.max(0, at - 4), interesting(random));
                default -> bytes.limit(Math.max(4, bytes.limit() - random.nextInt(8)));
            }
        }
    }

    private static int interesting(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Integer.MAX_VALUE - random.nextInt(8);
            case 1 -> Integer.MIN_VALUE + random.nextInt(8);
            case 2 -> random.nextInt(16) - 8;
            default -> random.nextInt();
        };
    }
}
