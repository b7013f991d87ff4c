package io.headrace.store.shard;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.StoreEvents;
import io.headrace.store.Ticker;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.StoreFullException;
import io.headrace.store.record.Block;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.segment.ListRef;
import io.headrace.store.segment.SegmentReader;
import io.headrace.store.segment.SegmentRef;
import io.headrace.store.segment.SegmentSpan;
import io.headrace.store.segment.SegmentWriter;
import io.headrace.store.shard.SegmentLists.Expiry;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * Turns a shard's blocks in the journal into segments, merges small segments, and drops those that
 * passed retention. Each is one new manifest version; what it replaced is removed after that. For
 * the maintenance thread and those it lends work to, one shard on one thread at a time.
 */
final class Compactor {
    /** Merging fewer at a time would write the same records too often. */
    private static final int MERGED_MIN = 4;

    private static final String EXPIRING = "looking for expired segments of ";

    private final ObjectStore objects;
    private final Manifests manifests;
    private final ColdReader reader;
    private final Segments segments;
    private final SegmentLists lists;
    private final RandomGenerator random;
    private final Ticker ticker;
    private final StoreEvents events;
    private final long segmentBytesMax;

    /** Shards with a list that could not be read when its expired segments were looked for. */
    private final Set<ShardKey> unreadable = ConcurrentHashMap.newKeySet();

    /** What it works with. */
    record Parts(
            ObjectStore objects,
            Manifests manifests,
            ColdReader reader,
            Segments segments,
            SegmentLists lists,
            RandomGenerator random,
            Ticker ticker,
            StoreEvents events) {}

    /**
     * @param segmentBytesMax bound on a segment, before compression
     */
    Compactor(Parts parts, long segmentBytesMax) {
        this.objects = parts.objects();
        this.manifests = parts.manifests();
        this.reader = parts.reader();
        this.segments = parts.segments();
        this.lists = parts.lists();
        this.random = parts.random();
        this.ticker = parts.ticker();
        this.events = parts.events();
        this.segmentBytesMax = segmentBytesMax;
    }

    /**
     * Moves the shard's oldest blocks out of the journal, one segment's worth; those older than the
     * cutoff go for good.
     *
     * @return false if there were none
     */
    boolean compact(ShardLog log, long cutoffMs) throws IOException {
        // Before the blocks: if a newer manifest is adopted in between, this shows.
        long firstBefore = firstIndexOf(log);
        var before = segmentsOf(log);
        var locations = log.journaled(segmentBytesMax);
        if (locations.isEmpty()) {
            return false;
        }
        long startNanos = ticker.nanos();
        var writer = new SegmentWriter();
        long next = 0;
        for (var location : locations) {
            var block = reader.stored(log, location);
            next = block.nextIndex();
            if (block.arrivalMs() >= cutoffMs) {
                writer.add(block);
            }
        }
        if (writer.rawBytes() == 0) {
            // All of it has expired, and so has everything older.
            if (manifests.replaceSegments(log, before, List.of(), next, Manifests.ANY)) {
                remove(log.key, before, firstBefore, next);
            }
            return true;
        }
        long target = nextVersion(log);
        var added = writer.writeTo(objects, nameOf(SegmentNames.segments(log.key), target));
        var kept = new ArrayList<SegmentSpan>(before);
        kept.add(added);
        if (!replace(log, before, kept, added, target)) {
            return true;
        }
        events.compacted(
                log.key, added.rawBytes(), added.storedBytes(), ticker.nanos() - startNanos);
        return true;
    }

    /** Merges the shard's newest segments if they are many small ones. */
    boolean merge(ShardLog log) throws IOException {
        var all = segmentsOf(log);
        int first = firstToMerge(all);
        if (all.size() - first < MERGED_MIN) {
            return false;
        }
        var merged = all.subList(first, all.size());
        var writer = new SegmentWriter();
        for (var span : merged) {
            if (span instanceof SegmentRef segment) {
                copy(segment, writer);
            }
        }
        var kept = new ArrayList<>(all.subList(0, first));
        long target = nextVersion(log);
        var added = writer.writeTo(objects, nameOf(SegmentNames.segments(log.key), target));
        kept.add(added);
        if (replace(log, all, kept, added, target)) {
            remove(log.key, merged, 0, Long.MAX_VALUE);
        }
        return true;
    }

    /** Drops the segments of which every record arrived before the cutoff. */
    boolean expire(ShardLog log, long cutoffMs) throws IOException {
        if (cutoffMs <= log.segmentsExpireMs) {
            // This is asked of every shard each second: more lists than memory has room for.
            return false;
        }
        var all = segmentsOf(log);
        long before = firstIndexOf(log);
        var expiry = expired(log, all, before, cutoffMs);
        long end = expiry.end();
        if (end <= before) {
            log.segmentsExpireMs = expiry.nextMs();
            return false;
        }
        var kept = all.stream().filter(span -> span.nextIndex() > end).toList();
        if (!manifests.replaceSegments(log, all, kept, end, Manifests.ANY)) {
            return true;
        }
        log.segmentsExpireMs = expiry.nextMs();
        var removed = remove(log.key, all, before, end);
        events.expired(log.key, removed.segments(), removed.storedBytes());
        return true;
    }

    private Expiry expired(ShardLog log, List<SegmentSpan> all, long before, long cutoffMs)
            throws IOException {
        try {
            var expiry = lists.expired(log.key, all, before, cutoffMs);
            if (unreadable.remove(log.key)) {
                events.backgroundRecovered(EXPIRING + log);
            }
            return expiry;
        } catch (DamagedBlockException | NoSuchFileException e) {
            // What is known of it without reading it is its end: it goes when that has expired.
            unreadable.add(log.key);
            events.backgroundFailing(EXPIRING + log, e);
            long end = before;
            for (var span : all) {
                if (span.lastArrivalMs() >= cutoffMs) {
                    break;
                }
                end = span.nextIndex();
            }
            return new Expiry(end, Long.MIN_VALUE);
        }
    }

    /**
     * Removes segments and lists that no manifest names, left by a crash between writing one and
     * naming it. The version in its name is the one that would have named it: if the newest is
     * below, someone may still be about to.
     */
    void sweepOrphans(ShardLog log) throws IOException {
        var newest = log.manifest();
        if (newest.isEmpty()) {
            return;
        }
        var manifest = newest.get();
        var orphans = SegmentNames.upTo(objects, log.key, manifests.sweptUpTo(manifest));
        long named = lists.objects(log.key, manifest.segments(), manifest.firstIndex());
        if (orphans.size() == named) {
            // All that is named is there, so there is nothing else; no need to read all lists.
            return;
        }
        lists.forEach(
                log.key,
                manifest.segments(),
                manifest.firstIndex(),
                span -> orphans.remove(span.name()));
        for (var name : orphans) {
            objects.delete(name);
        }
    }

    /** Names a segment that was just written; if that cannot be any more, it goes again. */
    private boolean replace(
            ShardLog log,
            List<SegmentSpan> known,
            List<SegmentSpan> kept,
            SegmentRef added,
            long target)
            throws IOException {
        var created = new ArrayList<>(List.of(added.name()));
        boolean named = false;
        try {
            long firstIndex = Math.max(firstIndexOf(log), kept.getFirst().firstIndex());
            var folded =
                    lists.fold(
                            log.key,
                            kept,
                            () -> nameOf(SegmentNames.lists(log.key), target),
                            created);
            named = manifests.replaceSegments(log, known, folded, firstIndex, target);
        } catch (RefusedException e) {
            // The shard was deleted meanwhile, and with it what lay there then. But if another took
            // it over, our manifest may have been the newest before his, and his names these too.
            if (e.code() == ErrorCode.RESOURCE_NOT_FOUND) {
                delete(created);
            }
            throw e;
        } catch (StoreFullException e) {
            // There was no room for the name, and the next attempt would leave others behind.
            delete(created);
            throw e;
        }
        if (!named) {
            delete(created);
        }
        return named;
    }

    private void delete(List<String> names) throws IOException {
        for (var name : names) {
            objects.delete(name);
        }
    }

    private void copy(SegmentRef segment, SegmentWriter writer) throws IOException {
        var source = SegmentReader.open(objects, segment);
        for (long index = segment.firstIndex(); index < segment.nextIndex(); ) {
            var blocks = source.read(index, 1);
            for (Block block : blocks) {
                writer.add(block);
            }
            index = blocks.getLast().nextIndex();
        }
    }

    /** From the newest on, as long as an older one is not much larger than all after it. */
    private int firstToMerge(List<SegmentSpan> all) {
        int first = all.size();
        long sum = 0;
        while (first > 0 && all.get(first - 1).level() == 0) {
            long bytes = all.get(first - 1).rawBytes();
            if (sum + bytes > segmentBytesMax || (sum > 0 && bytes > 2 * sum)) {
                break;
            }
            sum += bytes;
            first--;
        }
        return first;
    }

    private record Removed(int segments, long storedBytes) {}

    /** Segments that end in {@code (from, to]} and the lists that lead only to what is gone now. */
    private Removed remove(ShardKey shard, List<SegmentSpan> spans, long from, long to)
            throws IOException {
        int count = 0;
        long bytes = 0;
        for (var span : spans) {
            if (span.nextIndex() <= from || span.firstIndex() >= to) {
                continue;
            }
            switch (span) {
                case ListRef list -> {
                    var below = remove(shard, below(shard, list), from, to);
                    count += below.segments();
                    bytes += below.storedBytes();
                    if (list.nextIndex() <= to) {
                        // After what it leads to, so that nothing is left behind.
                        lists.forget(list);
                        objects.delete(list.name());
                    }
                }
                case SegmentRef segment -> {
                    if (segment.nextIndex() <= to) {
                        segments.forget(segment);
                        objects.delete(segment.name());
                        count++;
                        bytes += segment.storedBytes();
                    }
                }
            }
        }
        return new Removed(count, bytes);
    }

    /** What a list that is going leads to; the sweep finds what a damaged one does. */
    private List<SegmentSpan> below(ShardKey shard, ListRef list) throws IOException {
        try {
            return lists.read(shard, list);
        } catch (DamagedBlockException | NoSuchFileException e) {
            events.backgroundFailed("reading " + list.name() + " before its removal", e);
            return List.of();
        }
    }

    private static List<SegmentSpan> segmentsOf(ShardLog log) {
        return log.manifest().map(Manifest::segments).orElse(List.of());
    }

    private static long firstIndexOf(ShardLog log) {
        return log.manifest().map(Manifest::firstIndex).orElse(0L);
    }

    private String nameOf(String prefix, long target) {
        return SegmentNames.of(prefix, target, random.nextLong());
    }

    private static long nextVersion(ShardLog log) {
        return log.manifest().map(Manifest::version).orElse(0L) + 1;
    }
}
