package io.headrace.store.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.object.MemoryStore;
import io.headrace.store.record.Block;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.record.TestBlocks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No bytes may do worse than be refused, not even where someone made the checksums match. */
@Timeout(60)
class SegmentFuzzTest {
    static LongStream seeds() {
        return LongStream.range(0, 30);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void damagedSegmentsAreRefusedOrRead(long seed) throws IOException {
        var random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < 100; i++) {
            var store = new MemoryStore();
            var writer = new SegmentWriter(1 + random.nextInt(400));
            TestBlocks.run(random, 1 + random.nextInt(8), 3, 80).forEach(writer::add);
            var ref = writer.writeTo(store, "s");
            var bytes = store.get("s").orElseThrow();
            mutate(random, bytes);
            store.delete("s");
            store.createIfAbsent("s", bytes);
            try {
                readEverything(SegmentReader.open(store, ref));
            } catch (DamagedBlockException e) {
                assertThat(e).hasMessageContaining("s");
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    private static void readEverything(SegmentReader reader) throws IOException {
        long next = reader.ref().firstIndex();
        while (next < reader.ref().nextIndex()) {
            var blocks = reader.read(next, 300);
            assertThat(blocks).isNotEmpty();
            for (Block block : blocks) {
                assertThat(block.nextIndex()).isGreaterThan(next);
                next = block.nextIndex();
            }
        }
        reader.indexAt(reader.ref().firstArrivalMs() + 1);
    }

    private static void mutate(Random random, ByteBuffer bytes) {
        int footer = bytes.limit() - SegmentFormat.FOOTER_BYTES;
        int chunks = bytes.getInt(footer + 8);
        int index = footer - chunks * SegmentFormat.ENTRY_BYTES;
        int from = random.nextInt(3) == 0 ? 0 : index;
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(from, bytes.limit() - 8);
            switch (random.nextInt(3)) {
                case 0 -> bytes.put(at, (byte) random.nextInt());
                case 1 -> bytes.put(at, (byte) (bytes.get(at) ^ 1 << random.nextInt(8)));
                default -> bytes.putInt(at, random.nextInt(5) - 2 + (random.nextInt() & 1 << 31));
            }
        }
        if (random.nextInt(4) == 0) {
            return;
        }
        for (int i = 0; i < chunks; i++) {
            int entry = index + i * SegmentFormat.ENTRY_BYTES;
            long offset = bytes.getLong(entry + 32);
            int length = bytes.getInt(entry + 40);
            if (offset >= 0 && length >= 0 && offset <= index - (long) length) {
                bytes.putInt(entry + 48, SegmentFormat.crc(bytes.slice((int) offset, length)));
            }
        }
        bytes.putInt(footer + 12, SegmentFormat.crc(bytes.slice(index, footer - index)));
        var crc = new java.util.zip.CRC32C();
        crc.update(bytes.slice(footer, 52));
        crc.update(bytes.slice(footer + 56, 8));
        bytes.putInt(footer + 52, (int) crc.getValue());
    }
}
