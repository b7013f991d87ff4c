package io.headrace.store.shard;

import io.headrace.store.ShardKey;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.record.Block;
import io.headrace.store.segment.SegmentReader;
import io.headrace.store.segment.SegmentRef;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Open segments, and what was decoded ahead of readers that go on: a replay reads long stretches,
 * and its next request finds them here. Both bounded; replays share this and never push out what
 * tail readers use. Any thread may call; reading blocks.
 */
final class Segments {
    private static final int READERS_MAX = 256;
    private static final long READ_AHEAD_BYTES = 1 << 20;

    /** Beyond the one that is read; then they are small, and a list's worth is soon read. */
    private static final int NEXT_SEGMENTS_MAX = 4;

    private final ObjectStore objects;
    private final long aheadBytesMax;
    private final Trails trails = new Trails();
    private final Map<String, SegmentReader> readers =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, SegmentReader> eldest) {
                    return size() > READERS_MAX;
                }
            };

    /**
     * Guarded by {@link #order}: decoded blocks by where they begin, and in the order they came.
     */
    private final ConcurrentSkipListMap<Start, Stretch> ahead = new ConcurrentSkipListMap<>();

    private final ArrayDeque<Start> order = new ArrayDeque<>();
    private long aheadBytes;

    private record Start(ShardKey shard, long index) implements Comparable<Start> {
        @Override
        public int compareTo(Start other) {
            int byShard = shard.compareTo(other.shard);
            return byShard != 0 ? byShard : Long.compare(index, other.index);
        }
    }

    private record Stretch(List<Block> blocks, long bytes) {
        Stretch(List<Block> blocks) {
            this(blocks, blocks.stream().mapToLong(TailCache::bytesOf).sum());
        }
    }

    /** What follows a segment, as far as that is known without reading anything. */
    @FunctionalInterface
    interface Following {
        Optional<SegmentRef> after(SegmentRef segment);
    }

    Segments(ObjectStore objects, long aheadBytesMax) {
        this.objects = objects;
        this.aheadBytesMax = aheadBytesMax;
    }

    /** Whole checked blocks as stored, from the one with {@code fromIndex} on; never empty. */
    List<Block> read(
            ShardKey shard, SegmentRef segment, long fromIndex, long bytesMax, Following following)
            throws IOException {
        var known = ahead(shard, fromIndex);
        if (known.isPresent()) {
            return known.get();
        }
        var reader = reader(segment);
        long start = Math.max(fromIndex, segment.firstIndex());
        long window = trails.take(shard, fromIndex);
        if (window > 0) {
            // Before the read, so that what comes next is fetched while this is.
            willRead(reader, start, readBytes(bytesMax), window, following);
        }
        var blocks = reader.read(start, readBytes(bytesMax));
        if (blocks.isEmpty()) {
            throw new IOException("segment " + segment + " has nothing from " + fromIndex + " on");
        }
        keep(new Start(shard, blocks.getFirst().firstIndex()), new Stretch(blocks));
        trails.leave(shard, blocks.getLast().nextIndex(), window);
        return blocks;
    }

    private void willRead(
            SegmentReader reader, long start, long bytesMax, long window, Following following) {
        long left = window - reader.willReadAfter(start, bytesMax, window);
        var next = following.after(reader.ref());
        for (int i = 0; i < NEXT_SEGMENTS_MAX && left > 0 && next.isPresent(); i++) {
            SegmentReader.willOpen(objects, next.get(), left);
            left -= next.get().storedBytes();
            next = following.after(next.get());
        }
    }

    SegmentReader reader(SegmentRef segment) throws IOException {
        synchronized (readers) {
            var known = readers.get(segment.name());
            if (known != null) {
                return known;
            }
        }
        var opened = SegmentReader.open(objects, segment);
        synchronized (readers) {
            readers.put(segment.name(), opened);
        }
        return opened;
    }

    void forget(SegmentRef segment) {
        synchronized (readers) {
            readers.remove(segment.name());
        }
    }

    private Optional<List<Block>> ahead(ShardKey shard, long fromIndex) {
        var floor = ahead.floorEntry(new Start(shard, fromIndex));
        if (floor == null || !floor.getKey().shard().equals(shard)) {
            return Optional.empty();
        }
        var blocks = floor.getValue().blocks();
        if (blocks.getLast().nextIndex() <= fromIndex) {
            return Optional.empty();
        }
        var rest = new ArrayList<Block>();
        for (var block : blocks) {
            if (block.nextIndex() > fromIndex) {
                rest.add(block);
            }
        }
        return Optional.of(rest);
    }

    private void keep(Start start, Stretch stretch) {
        synchronized (order) {
            var replaced = ahead.put(start, stretch);
            if (replaced == null) {
                order.addLast(start);
            } else {
                aheadBytes -= replaced.bytes();
            }
            aheadBytes += stretch.bytes();
            while (aheadBytes > aheadBytesMax && !order.isEmpty()) {
                var oldest = ahead.remove(order.removeFirst());
                aheadBytes -= oldest == null ? 0 : oldest.bytes();
            }
        }
    }

    private static long readBytes(long bytesMax) {
        return Math.max(READ_AHEAD_BYTES, bytesMax);
    }
}
