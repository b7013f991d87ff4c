package io.headrace.store.shard;

import io.headrace.store.ShardKey;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.VersionedObject;
import io.headrace.store.object.VersionedObject.Looks;
import io.headrace.store.segment.SegmentSpan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Everything a shard is, at one version: who may write it ({@code epoch}), the first record kept,
 * the end if it was closed, the newest arrival in the segments (ms since 1970, 0: none), its
 * segments in order, the older ones by way of lists ({@link SegmentLists}), where its uncompacted
 * blocks lie, and its consumers' checkpoints by name. Stored as JSON in a {@link VersionedObject}
 * at {@link #prefix}.
 */
public record Manifest(
        ShardKey shard,
        long version,
        long epoch,
        long firstIndex,
        OptionalLong endIndex,
        long lastArrivalMs,
        List<SegmentSpan> segments,
        List<JournalRange> ranges,
        Map<String, Checkpoint> checkpoints) {
    public Manifest {
        if (version < 0 || epoch < 0 || firstIndex < 0) {
            throw new IllegalArgumentException(
                    "manifest version %d, epoch %d, first index %d"
                            .formatted(version, epoch, firstIndex));
        }
        segments = List.copyOf(segments);
        ranges = List.copyOf(ranges);
        checkpoints = Map.copyOf(checkpoints);
        long next = 0;
        int level = Integer.MAX_VALUE;
        for (var segment : segments) {
            if (segment.firstIndex() < next) {
                throw new IllegalArgumentException("segments overlap at " + segment);
            }
            if (segment.level() > level) {
                throw new IllegalArgumentException("a list behind what it is above: " + segment);
            }
            next = segment.nextIndex();
            level = segment.level();
        }
    }

    /** The first segment or list that ends behind this index, if one does. */
    Optional<SegmentSpan> segmentBehind(long index) {
        return SegmentLists.first(segments, segment -> segment.nextIndex() > index);
    }

    /** The first segment or list with a record that arrived then or later, if one has. */
    Optional<SegmentSpan> segmentArrivedAt(long arrivalMs) {
        return SegmentLists.first(segments, segment -> segment.lastArrivalMs() >= arrivalMs);
    }

    /** Of a shard that nobody ever appended to; never stored. */
    static Manifest none(ShardKey shard) {
        return new Manifest(
                shard, 0, 0, 0, OptionalLong.empty(), 0, List.of(), List.of(), Map.of());
    }

    /** The next version, under a new owner. */
    Manifest claimed(long newEpoch, List<JournalRange> newRanges) {
        return new Manifest(
                shard,
                version + 1,
                newEpoch,
                firstIndex,
                endIndex,
                lastArrivalMs,
                segments,
                newRanges,
                checkpoints);
    }

    /** The same but for its ranges and version. */
    Manifest withRanges(long newVersion, List<JournalRange> newRanges) {
        return new Manifest(
                shard,
                newVersion,
                epoch,
                firstIndex,
                endIndex,
                lastArrivalMs,
                segments,
                newRanges,
                checkpoints);
    }

    /** The same, one version on, with its end. */
    Manifest ended(long end, List<JournalRange> newRanges) {
        return new Manifest(
                shard,
                version + 1,
                epoch,
                firstIndex,
                OptionalLong.of(end),
                lastArrivalMs,
                segments,
                newRanges,
                checkpoints);
    }

    /** The first index that is in no segment. */
    long nextInSegments() {
        return segments.isEmpty() ? firstIndex : segments.getLast().nextIndex();
    }

    /** Where a shard's manifests lie. */
    public static String prefix(ShardKey shard) {
        return shard.prefix() + "manifest/";
    }

    /**
     * The shard's newest manifest, or empty if nobody ever appended to it.
     *
     * @throws io.headrace.store.record.DamagedBlockException if it is not what was written
     * @throws io.headrace.store.RefusedException if a newer build wrote it
     */
    public static Optional<Manifest> newest(ObjectStore store, ShardKey shard) throws IOException {
        return newest(store, shard, Looks.ALL);
    }

    static Optional<Manifest> newest(ObjectStore store, ShardKey shard, Looks looks)
            throws IOException {
        var prefix = prefix(shard);
        return VersionedObject.newest(store, prefix, looks)
                .map(found -> ManifestJson.read(prefix, shard, found));
    }

    /** True only if this manifest is now the shard's newest; see {@link VersionedObject#create}. */
    public boolean create(ObjectStore store) throws IOException {
        return create(store, Looks.ALL);
    }

    boolean create(ObjectStore store, Looks looks) throws IOException {
        return VersionedObject.create(store, prefix(shard), version, toJson(), looks);
    }

    /** The bytes stored; the same manifest always gives the same bytes. */
    public ByteBuffer toJson() {
        return ManifestJson.write(this);
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @param where names the bytes in what is thrown
     */
    public static Manifest parse(String where, ByteBuffer json) {
        return ManifestJson.read(where, json);
    }
}
