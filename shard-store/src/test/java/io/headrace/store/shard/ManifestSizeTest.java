package io.headrace.store.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.ShardKey;
import io.headrace.store.object.MemoryStore;
import io.headrace.store.segment.SegmentRef;
import io.headrace.store.segment.SegmentSpan;
import io.headrace.store.shard.SegmentLists.Folding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a shard's manifest costs does not grow with what the shard keeps. */
@Timeout(60)
class ManifestSizeTest {
    /** A shard at 1 MB/s, of which segments hold 32 MiB, comes to so many in eleven days. */
    private static final int SEGMENTS = 30_000;

    private static final int MANIFEST_BYTES_MAX = 40_000;
    private static final int HEAP_BYTES_MAX = 50_000;
    private static final int COPIES = 200;

    private final MemoryStore objects = new MemoryStore();
    private final ShardKey shard = new ShardKey(0xfedc_ba98_7654_3210L, 3);
    private final SegmentLists lists = new SegmentLists(objects, 1 << 20, Folding.DEFAULT);

    @Test
    void thirtyThousandSegmentsCostSomeKilobytes() throws IOException {
        List<SegmentSpan> spans = List.of();
        int most = 0;
        for (int i = 0; i < SEGMENTS; i++) {
            var created = new ArrayList<String>();
            int version = i;
            var more = new ArrayList<>(spans);
            more.add(segment(i));
            spans =
                    lists.fold(
                            shard,
                            more,
                            () ->
                                    SegmentNames.of(
                                            SegmentNames.lists(shard), version, created.size()),
                            created);
            if (i % 16 == 15) {
                int bytes = manifest(spans, i).toJson().remaining();
                most = Math.max(most, bytes);
            }
        }
        assertThat(most).isLessThan(MANIFEST_BYTES_MAX);
        for (int i = 0; i < SEGMENTS; i += 997) {
            long index = i * 100_000L + 50_000;
            var span = SegmentLists.first(spans, part -> part.nextIndex() > index).orElseThrow();
            assertThat(lists.first(shard, span, part -> part.nextIndex() > index))
                    .isEqualTo(segment(i));
        }
        assertThat(lists.cachedBytes()).isLessThan(1 << 20);
        var bytes = manifest(spans, SEGMENTS).toJson();
        assertThat(heapBytes(bytes)).isLessThan(HEAP_BYTES_MAX);
    }

    /** For one, of many that were read. */
    private static long heapBytes(ByteBuffer json) {
        Manifest.parse("warm", json);
        long before = usedBytes();
        var held = IntStream.range(0, COPIES).mapToObj(i -> Manifest.parse("copy", json)).toList();
        return (usedBytes() - before) / held.size();
    }

    private Manifest manifest(List<SegmentSpan> spans, int version) {
        return new Manifest(
                shard, version, 1, 0, OptionalLong.empty(), 0, spans, List.of(), Map.of());
    }

    private SegmentRef segment(int i) {
        long ms = 1_700_000_000_000L + i * 32_000L;
        return new SegmentRef(
                SegmentNames.of(SegmentNames.segments(shard), i + 1, i * 0x9e37_79b9_7f4a_7c15L),
                i * 100_000L,
                (i + 1) * 100_000L,
                ms,
                ms + 31_999,
                33_554_432,
                9_876_543);
    }

    private static long usedBytes() {
        System.gc();
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
