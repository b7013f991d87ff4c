package io.headrace.store.shard;

import io.headrace.store.ShardKey;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.segment.ListRef;
import io.headrace.store.segment.SegmentRef;
import io.headrace.store.segment.SegmentSpan;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The lists that hold a manifest's older segments, so that what is written at each change and held
 * in memory does not grow with what is kept. When too many segments stand in the manifest itself
 * the oldest of them go into a list object, and the manifest names that; when too many lists do,
 * the oldest go into a list of lists. A list never changes: what retention has taken out of it lies
 * below the manifest's first index. Any thread may call; reading blocks.
 */
final class SegmentLists {
    /** About what a segment's name and figures take in memory. */
    private static final int BYTES_PER_SPAN = 208;

    private final ObjectStore objects;
    private final long cacheBytesMax;
    private final Folding folding;

    /** Guarded by itself; the last used are kept. Names are never used again. */
    private final LinkedHashMap<String, List<SegmentSpan>> cache =
            new LinkedHashMap<>(16, 0.75f, true);

    private long cacheBytes;

    /**
     * When to fold.
     *
     * @param spansMax of one level in a manifest, beyond which the oldest go into a list
     * @param folded how many go at a time; so many a list holds
     */
    record Folding(int spansMax, int folded) {
        static final Folding DEFAULT = new Folding(48, 32);

        Folding {
            // What is left in the manifest tells where the segments end, and is merged.
            if (folded < 2 || spansMax < folded) {
                throw new IllegalArgumentException(
                        "lists of %d when there are more than %d".formatted(folded, spansMax));
            }
        }
    }

    /** Is told of segments and lists one by one. */
    @FunctionalInterface
    interface Visitor {
        void met(SegmentSpan span) throws IOException;
    }

    SegmentLists(ObjectStore objects, long cacheBytesMax, Folding folding) {
        this.objects = objects;
        this.cacheBytesMax = cacheBytesMax;
        this.folding = folding;
    }

    /** The first for which this is so, if it is so for all after it too. */
    static Optional<SegmentSpan> first(List<SegmentSpan> spans, Predicate<SegmentSpan> isSo) {
        int low = 0;
        int high = spans.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (isSo.test(spans.get(middle))) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low < spans.size() ? Optional.of(spans.get(low)) : Optional.empty();
    }

    /**
     * The first segment below {@code span}, or itself, for which this is so: for the last one it
     * must be.
     *
     * @throws io.headrace.store.record.DamagedBlockException if a list on the way is damaged
     * @throws NoSuchFileException if it is not there
     */
    SegmentRef first(ShardKey shard, SegmentSpan span, Predicate<SegmentSpan> isSo)
            throws IOException {
        var at = span;
        while (at instanceof ListRef list) {
            at =
                    first(cached(shard, list), isSo)
                            .orElseThrow(() -> new IOException("nothing fits in " + list));
        }
        return (SegmentRef) at;
    }

    /** As {@link #first}, but only if no list has to be read for it. */
    Optional<SegmentRef> firstKnown(SegmentSpan span, Predicate<SegmentSpan> isSo) {
        Optional<SegmentSpan> at = Optional.of(span);
        while (at.isPresent() && at.get() instanceof ListRef list) {
            List<SegmentSpan> spans;
            synchronized (cache) {
                spans = cache.getOrDefault(list.name(), List.of());
            }
            at = first(spans, isSo);
        }
        return at.map(SegmentRef.class::cast);
    }

    /**
     * The same in as few places as the limit asks for, after creating the lists that takes.
     *
     * @param names of the objects to create
     * @param created takes the name of each before it is created
     */
    List<SegmentSpan> fold(
            ShardKey shard, List<SegmentSpan> spans, Supplier<String> names, List<String> created)
            throws IOException {
        var folded = new ArrayList<>(spans);
        for (int level = 0; ; level++) {
            int first = 0;
            while (first < folded.size() && folded.get(first).level() > level) {
                first++;
            }
            int end = first;
            while (end < folded.size() && folded.get(end).level() == level) {
                end++;
            }
            if (end == first) {
                return List.copyOf(folded);
            }
            for (; end - first > folding.spansMax(); first++) {
                var oldest = folded.subList(first, first + folding.folded());
                var list = create(shard, List.copyOf(oldest), names.get(), created);
                oldest.clear();
                folded.add(first, list);
                end -= folding.folded() - 1;
            }
        }
    }

    private ListRef create(
            ShardKey shard, List<SegmentSpan> spans, String name, List<String> created)
            throws IOException {
        created.add(name);
        if (!objects.createIfAbsent(name, ListObject.write(shard, spans))) {
            throw new FileAlreadyExistsException(name);
        }
        return ListObject.refOf(name, spans);
    }

    /**
     * Which segments have expired.
     *
     * @param end where they end; where the search began if there are none
     * @param nextMs no other expires as long as the cutoff is not above it, whatever comes behind
     */
    record Expiry(long end, long nextMs) {}

    /**
     * Finds those segments that arrived before the cutoff as a whole.
     *
     * @param fromIndex below it nothing is kept any more
     */
    Expiry expired(ShardKey shard, List<SegmentSpan> spans, long fromIndex, long cutoffMs)
            throws IOException {
        long end = fromIndex;
        for (var span : spans) {
            if (span.nextIndex() <= fromIndex) {
                continue;
            }
            if (span.lastArrivalMs() >= cutoffMs) {
                if (span instanceof ListRef list) {
                    if (list.firstArrivalMs() >= cutoffMs) {
                        return new Expiry(end, list.firstArrivalMs());
                    }
                    var below = expired(shard, cached(shard, list), fromIndex, cutoffMs);
                    return new Expiry(Math.max(end, below.end()), below.nextMs());
                }
                return new Expiry(end, span.lastArrivalMs());
            }
            end = span.nextIndex();
        }
        return new Expiry(end, Long.MIN_VALUE);
    }

    /** How many objects those are that {@link #forEach} meets; reads few of them. */
    long objects(ShardKey shard, List<SegmentSpan> spans, long fromIndex) throws IOException {
        long count = 0;
        for (var span : spans) {
            if (span.nextIndex() <= fromIndex) {
                continue;
            }
            count += 1;
            if (span instanceof ListRef list) {
                count +=
                        list.firstIndex() >= fromIndex
                                ? list.segments() + list.lists() - 1
                                : objects(shard, cached(shard, list), fromIndex);
            }
        }
        return count;
    }

    /** Every list and segment with something behind {@code fromIndex}; a list before its own. */
    void forEach(ShardKey shard, List<SegmentSpan> spans, long fromIndex, Visitor visitor)
            throws IOException {
        for (var span : spans) {
            if (span.nextIndex() > fromIndex) {
                visitor.met(span);
                if (span instanceof ListRef list) {
                    forEach(shard, read(shard, list), fromIndex, visitor);
                }
            }
        }
    }

    /**
     * What a list holds, past the cache: for who walks them all.
     *
     * @throws io.headrace.store.record.DamagedBlockException if it is not the one described
     * @throws NoSuchFileException if it is not there
     */
    List<SegmentSpan> read(ShardKey shard, ListRef list) throws IOException {
        var bytes =
                objects.get(list.name()).orElseThrow(() -> new NoSuchFileException(list.name()));
        return ListObject.read(shard, list, bytes);
    }

    void forget(ListRef list) {
        synchronized (cache) {
            var held = cache.remove(list.name());
            cacheBytes -= held == null ? 0 : bytesOf(held);
        }
    }

    /** What the lists in memory take, about. */
    long cachedBytes() {
        synchronized (cache) {
            return cacheBytes;
        }
    }

    private List<SegmentSpan> cached(ShardKey shard, ListRef list) throws IOException {
        synchronized (cache) {
            var known = cache.get(list.name());
            if (known != null) {
                return known;
            }
        }
        var spans = read(shard, list);
        synchronized (cache) {
            if (cache.put(list.name(), spans) == null) {
                cacheBytes += bytesOf(spans);
            }
            var oldest = cache.entrySet().iterator();
            while (cacheBytes > cacheBytesMax && oldest.hasNext()) {
                cacheBytes -= bytesOf(oldest.next().getValue());
                oldest.remove();
            }
        }
        return spans;
    }

    private static long bytesOf(List<SegmentSpan> spans) {
        return (long) BYTES_PER_SPAN * spans.size();
    }
}
