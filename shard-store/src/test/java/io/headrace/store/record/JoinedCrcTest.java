package io.headrace.store.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class JoinedCrcTest {
    @Test
    void partsJoinToTheSumOfTheWhole() {
        var random = new SplittableRandom(7);
        for (int round = 0; round < 300; round++) {
            var bytes = new byte[random.nextInt(1, 70_000)];
            random.nextBytes(bytes);
            var joined = new JoinedCrc();
            for (int at = 0; at < bytes.length; ) {
                int length = Math.min(bytes.length - at, random.nextInt(20_000));
                var part = ByteBuffer.wrap(bytes, at, length);
                if (random.nextBoolean()) {
                    joined.add(part);
                } else {
                    joined.add(sum(part), length);
                }
                at += length;
            }
            assertThat(joined.value()).isEqualTo(sum(ByteBuffer.wrap(bytes)));
        }
    }

    /** P has a factor x + 1: its powers don't come round after 32 squarings, as others' do. */
    @Test
    void lengthsUpToTheLargestAreJoined() {
        for (int length : new int[] {1 << 29, 1 << 30, Integer.MAX_VALUE}) {
            var atOnce = new JoinedCrc();
            var inParts = new JoinedCrc();
            atOnce.add(0x1234_5678, 4);
            inParts.add(0x1234_5678, 4);
            atOnce.add(0, length);
            for (int rest = length; rest > 0; rest -= Math.min(rest, 1 << 28)) {
                inParts.add(0, Math.min(rest, 1 << 28));
            }
            assertThat(atOnce.value()).as("%d", length).isEqualTo(inParts.value());
        }
    }

    @Test
    void nothingIsZero() {
        assertThat(new JoinedCrc().value()).isEqualTo(sum(ByteBuffer.allocate(0))).isZero();
    }

    @Test
    void aBlockIsJoinedByTheSumInItsHeader() {
        for (int size : new int[] {10, 5000, 200_000}) {
            var data = new byte[size];
            new SplittableRandom(size).nextBytes(data);
            var block = TestBlocks.block(TestBlocks.batch(data), 1, 5, 7);
            var joined = new JoinedCrc();
            block.addTo(joined);
            assertThat(joined.value()).isEqualTo(sum(block.content()));
        }
    }

    private static int sum(ByteBuffer bytes) {
        var crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }
}
