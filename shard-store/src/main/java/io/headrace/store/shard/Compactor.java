package io.headrace.store.shard;

import io.headrace.store.RefusedException;
import io.headrace.store.StoreEvents;
import io.headrace.store.Ticker;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.StoreFullException;
import io.headrace.store.record.Block;
import io.headrace.store.segment.SegmentReader;
import io.headrace.store.segment.SegmentRef;
import io.headrace.store.segment.SegmentWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Turns a shard's blocks in the journal into segments, merges small segments, and drops those that
 * passed retention. Each is one new manifest version; what it replaced is removed after that. For
 * the maintenance thread and those it lends work to, one shard on one thread at a time.
 */
final class Compactor {
    /** Merging fewer at a time would write the same records too often. */
    private static final int MERGED_MIN = 4;

    private final ObjectStore objects;
    private final Manifests manifests;
    private final ColdReader reader;
    private final Segments segments;
    private final RandomGenerator random;
    private final Ticker ticker;
    private final StoreEvents events;
    private final long segmentBytesMax;

    /** What it works with. */
    record Parts(
            ObjectStore objects,
            Manifests manifests,
            ColdReader reader,
            Segments segments,
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
            if (manifests.replaceSegments(log, before, List.of(), next)) {
                remove(before);
            }
            return true;
        }
        var added = writer.writeTo(objects, nameOfNext(log));
        var kept = new ArrayList<>(before);
        kept.add(added);
        if (!replace(log, before, kept, added)) {
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
        for (var segment : merged) {
            copy(segment, writer);
        }
        var kept = new ArrayList<>(all.subList(0, first));
        var added = writer.writeTo(objects, nameOfNext(log));
        kept.add(added);
        if (replace(log, all, kept, added)) {
            remove(merged);
        }
        return true;
    }

    /** Drops the segments of which every record arrived before the cutoff. */
    boolean expire(ShardLog log, long cutoffMs) throws IOException {
        var all = segmentsOf(log);
        int expired = 0;
        while (expired < all.size() && all.get(expired).lastArrivalMs() < cutoffMs) {
            expired++;
        }
        if (expired == 0) {
            return false;
        }
        var dropped = all.subList(0, expired);
        var kept = List.copyOf(all.subList(expired, all.size()));
        if (!manifests.replaceSegments(log, all, kept, dropped.getLast().nextIndex())) {
            return true;
        }
        events.expired(log.key, expired, dropped.stream().mapToLong(SegmentRef::storedBytes).sum());
        remove(dropped);
        return true;
    }

    /**
     * Removes segments that no manifest names, left by a crash between writing one and naming it.
     * The version in its name is the one that would have named it: if the newest is below, someone
     * may still be about to.
     */
    void sweepOrphans(ShardLog log) throws IOException {
        var manifest = log.manifest();
        if (manifest.isEmpty()) {
            return;
        }
        var named = new HashSet<String>();
        manifest.get().segments().forEach(segment -> named.add(segment.name()));
        var prefix = prefixOf(log);
        for (var name : objects.list(prefix)) {
            if (!named.contains(name)
                    && isSegmentName(name, prefix)
                    && versionIn(name, prefix) <= manifest.get().version()) {
                objects.delete(name);
            }
        }
    }

    /** Whatever else someone put there is left alone. */
    private static boolean isSegmentName(String name, String prefix) {
        return name.substring(prefix.length()).matches("[0-9]{19}-[0-9a-f]{16}");
    }

    private static long versionIn(String name, String prefix) {
        return Long.parseLong(name, prefix.length(), prefix.length() + 19, 10);
    }

    /** Names a segment that was just written; if that cannot be any more, it goes again. */
    private boolean replace(
            ShardLog log, List<SegmentRef> known, List<SegmentRef> kept, SegmentRef added)
            throws IOException {
        boolean named = false;
        try {
            named = manifests.replaceSegments(log, known, kept, firstIndexOf(log, kept));
        } catch (RefusedException | StoreFullException e) {
            // The shard was deleted meanwhile, and with it what lay there then; or there was no
            // room for the name, and the next attempt would leave another behind.
            objects.delete(added.name());
            throw e;
        }
        if (!named) {
            objects.delete(added.name());
        }
        return named;
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
    private int firstToMerge(List<SegmentRef> all) {
        int first = all.size();
        long sum = 0;
        while (first > 0) {
            long bytes = all.get(first - 1).rawBytes();
            if (sum + bytes > segmentBytesMax || (sum > 0 && bytes > 2 * sum)) {
                break;
            }
            sum += bytes;
            first--;
        }
        return first;
    }

    private void remove(List<SegmentRef> replaced) throws IOException {
        for (var segment : replaced) {
            segments.forget(segment);
            objects.delete(segment.name());
        }
    }

    private static List<SegmentRef> segmentsOf(ShardLog log) {
        return log.manifest().map(Manifest::segments).orElse(List.of());
    }

    private static long firstIndexOf(ShardLog log, List<SegmentRef> kept) {
        long known = log.manifest().map(Manifest::firstIndex).orElse(0L);
        return Math.max(known, kept.getFirst().firstIndex());
    }

    private String nameOfNext(ShardLog log) {
        long version = log.manifest().map(Manifest::version).orElse(0L) + 1;
        return prefixOf(log)
                + "%019d-%s".formatted(version, HexFormat.of().toHexDigits(random.nextLong()));
    }

    private static String prefixOf(ShardLog log) {
        return log.key.prefix() + "segments/";
    }
}
