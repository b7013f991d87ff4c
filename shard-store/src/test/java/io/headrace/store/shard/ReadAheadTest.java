package io.headrace.store.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.cache.CacheEvents;
import io.headrace.store.cache.CacheSettings;
import io.headrace.store.cache.CachedObjects;
import io.headrace.store.object.MemoryStore;
import io.headrace.store.record.Block;
import io.headrace.store.record.TestBlocks;
import io.headrace.store.segment.SegmentRef;
import io.headrace.store.segment.SegmentWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How often a reader of cold segments waits for the store. */
class ReadAheadTest {
    private static final int SEGMENTS = 4;
    private static final int BLOCKS = 80;
    private static final int BLOCK_BYTES = 100_000;

    @TempDir Path folder;

    private final MemoryStore objects = new MemoryStore();
    private final List<SegmentRef> segments = new ArrayList<>();
    private final Waits events = new Waits();

    private static final class Waits implements CacheEvents {
        int missed;
        long ahead;

        @Override
        public void missed() {
            missed++;
        }

        @Override
        public void readAhead(long bytes) {
            ahead += bytes;
        }
    }

    @BeforeEach
    void writeSegments() throws IOException {
        var random = new Random(1);
        long index = 0;
        for (int i = 0; i < SEGMENTS; i++) {
            var writer = new SegmentWriter();
            for (int j = 0; j < BLOCKS; j++) {
                var data = new byte[BLOCK_BYTES];
                random.nextBytes(data);
                writer.add(TestBlocks.block(TestBlocks.batch(data), 1, index, 1 + index));
                index++;
            }
            segments.add(writer.writeTo(objects, TestBlocks.SHARD.prefix() + "segments/" + i));
        }
    }

    private Segments open(long aheadBytesMax) throws IOException {
        var settings = new CacheSettings(folder, "s", 1L << 30, aheadBytesMax, 0);
        var cached =
                CachedObjects.open(
                        objects, CachedObjects::isSegment, settings, events, Runnable::run);
        return new Segments(cached, 0);
    }

    private SegmentRef segmentOf(long index) {
        return segments.get((int) (index / BLOCKS));
    }

    private Optional<SegmentRef> after(SegmentRef segment) {
        int next = segments.indexOf(segment) + 1;
        return next < SEGMENTS ? Optional.of(segments.get(next)) : Optional.empty();
    }

    private long readFrom(Segments from, long index) throws IOException {
        var blocks = from.read(TestBlocks.SHARD, segmentOf(index), index, 1, this::after);
        assertThat(blocks.getFirst().firstIndex()).isEqualTo(index);
        assertThat(blocks.stream().map(Block::content)).allMatch(ByteBuffer::hasRemaining);
        return blocks.getLast().nextIndex();
    }

    private void replay(Segments from) throws IOException {
        for (long index = 0; index < SEGMENTS * BLOCKS; ) {
            index = readFrom(from, index);
        }
    }

    @Test
    void aReplayWaitsOnlyWhereItBegins() throws IOException {
        replay(open(16 << 20));
        assertThat(events.missed).isLessThanOrEqualTo(4);
        assertThat(events.ahead).isLessThan(objects.size(segments.get(0).name()).orElseThrow() * 4);
    }

    @Test
    void withoutReadAheadItWaitsForEveryPiece() throws IOException {
        replay(open(0));
        assertThat(events.missed).isGreaterThan(28);
        assertThat(events.ahead).isZero();
    }

    @Test
    void whoJumpsCausesNoReadAhead() throws IOException {
        var from = open(16 << 20);
        for (long index : new long[] {5, 300, 20, 170, 90, 250, 40}) {
            readFrom(from, index);
        }
        assertThat(events.ahead).isZero();
    }

    @Test
    void whoReadsOnIsReadAheadOfTwiceAsFarEachTime() {
        var trails = new Trails();
        long window = 0;
        for (int mib : new int[] {0, 1, 2, 4, 8, 8}) {
            window = trails.take(TestBlocks.SHARD, mib);
            trails.leave(TestBlocks.SHARD, mib == 8 ? 8 : Math.max(1, 2L * mib), window);
            assertThat(window).isEqualTo((long) mib << 20);
        }
        assertThat(trails.take(TestBlocks.SHARD, 9)).isZero();
    }
}
