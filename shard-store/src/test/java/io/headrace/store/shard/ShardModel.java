package io.headrace.store.shard;

import io.headrace.store.ShardKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What must be true of one shard, from all that was acknowledged, refused and read so far. */
final class ShardModel {
    final ShardKey key;
    private final TreeMap<Long, Seen> seen = new TreeMap<>();
    private final Map<String, Long> placeOf = new HashMap<>();
    private final Set<String> refused = new HashSet<>();
    private long closedAt = Long.MAX_VALUE;

    private record Seen(String record, long arrivalMs) {}

    ShardModel(ShardKey key) {
        this.key = key;
    }

    /** Index above everything seen. */
    long nextIndex() {
        return seen.isEmpty() ? 0 : seen.lastKey() + 1;
    }

    void acknowledged(List<String> records, long firstIndex, long arrivalMs, long aboveIndex) {
        Promise.PRODUCER_ORDER.require(
                firstIndex > aboveIndex,
                "%s was acknowledged at %d, an earlier one of its producer at %d",
                records,
                firstIndex,
                aboveIndex);
        for (int i = 0; i < records.size(); i++) {
            saw(firstIndex + i, records.get(i), arrivalMs, Promise.ACKNOWLEDGED_STAYS);
        }
    }

    void refused(List<String> records) {
        for (var record : records) {
            Promise.REFUSED_NEVER_APPEARS.require(
                    !placeOf.containsKey(record), "%s was read and then refused", record);
            refused.add(record);
        }
    }

    void closed(long endIndex) {
        Promise.CLOSED_STAYS_CLOSED.require(
                nextIndex() <= endIndex,
                "closed at %d, but %d was seen",
                endIndex,
                nextIndex() - 1);
        Promise.CLOSED_STAYS_CLOSED.require(
                closedAt == Long.MAX_VALUE || closedAt == endIndex,
                "closed at %d and at %d",
                closedAt,
                endIndex);
        closedAt = endIndex;
    }

    boolean isClosed() {
        return closedAt != Long.MAX_VALUE;
    }

    /**
     * Checks an answer to a read.
     *
     * @param cutoffMs what arrived before must not be served
     * @param goneMs what arrived before may be gone
     */
    void read(long fromIndex, ReadResult result, long cutoffMs, long goneMs) {
        readByAnyone(fromIndex, result, cutoffMs, goneMs);
        Promise.READ_STAYS.require(
                result.bounds().nextIndex() >= nextIndex(),
                "the shard ends at %d, but %d was seen",
                result.bounds().nextIndex(),
                nextIndex() - 1);
    }

    /** As {@link #read}, of one who may not know yet that the shard went on elsewhere. */
    void readByAnyone(long fromIndex, ReadResult result, long cutoffMs, long goneMs) {
        long expected = Math.max(fromIndex, result.bounds().firstIndex());
        for (var slice : result.slices()) {
            var block = slice.block();
            Promise.EXPIRED_IS_NOT_SERVED.require(
                    block.arrivalMs() >= cutoffMs,
                    "%s arrived at %d, before %d",
                    block,
                    block.arrivalMs(),
                    cutoffMs);
            requireExpired(expected, slice.fromIndex(), goneMs);
            var records = block.records();
            for (long index = block.firstIndex(); records.next(); index++) {
                if (index >= slice.fromIndex() && index < slice.toIndex()) {
                    var data = new byte[records.dataLength()];
                    records.bytes().get(records.dataOffset(), data);
                    var record = new String(data, StandardCharsets.US_ASCII);
                    saw(index, record, block.arrivalMs(), Promise.READ_STAYS);
                }
            }
            expected = slice.toIndex();
        }
        requireExpired(expected, result.nextIndex(), goneMs);
    }

    void foundByArrival(long arrivalMs, long index, long goneMs) {
        var below = seen.lowerEntry(index);
        Promise.FOUND_BY_ARRIVAL.require(
                below == null
                        || below.getValue().arrivalMs() < Math.max(arrivalMs, goneMs)
                        || below.getKey() < index - 1,
                "%d found for %d, but the one before arrived at %s",
                index,
                arrivalMs,
                below);
        var at = seen.get(index);
        Promise.FOUND_BY_ARRIVAL.require(
                at == null || at.arrivalMs() >= arrivalMs,
                "%d found for %d, but it arrived at %s",
                index,
                arrivalMs,
                at);
    }

    /** Everything acknowledged and not expired was read in one go: nothing may be missing. */
    void complete(Set<Long> indexesRead, long goneMs) {
        var missing = new ArrayList<Long>();
        seen.forEach((index, record) -> {
            if (record.arrivalMs() >= goneMs && !indexesRead.contains(index)) {
                missing.add(index);
            }
        });
        Promise.ACKNOWLEDGED_STAYS.require(missing.isEmpty(), "%s are missing", missing);
    }

    /** The records of a stretch may be skipped only if they are expired. */
    private void requireExpired(long fromIndex, long toIndex, long goneMs) {
        if (toIndex <= fromIndex) {
            return;
        }
        seen.subMap(fromIndex, toIndex)
                .forEach((index, record) ->
                        Promise.READ_STAYS.require(
                                record.arrivalMs() < goneMs, "%d was skipped by a read", index));
    }

    private void saw(long index, String record, long arrivalMs, Promise promise) {
        var before = seen.putIfAbsent(index, new Seen(record, arrivalMs));
        promise.require(
                before == null || before.equals(new Seen(record, arrivalMs)),
                "%d of %s is %s (%d), and was %s",
                index,
                key,
                record,
                arrivalMs,
                before);
        Promise.CLOSED_STAYS_CLOSED.require(
                index < closedAt, "%d appears in a shard closed at %d", index, closedAt);
        Promise.REFUSED_NEVER_APPEARS.require(
                !refused.contains(record), "%s was refused and is at %d", record, index);
        var place = placeOf.putIfAbsent(record, index);
        Promise.ONE_PLACE_EACH.require(
                place == null || place == index, "%s is at %s and %d", record, place, index);
        var lower = seen.lowerEntry(index);
        var higher = seen.higherEntry(index);
        Promise.ARRIVALS_NEVER_GO_BACK.require(
                (lower == null || lower.getValue().arrivalMs() <= arrivalMs)
                        && (higher == null || higher.getValue().arrivalMs() >= arrivalMs),
                "%d arrived at %d, its neighbours at %s and %s",
                index,
                arrivalMs,
                lower,
                higher);
    }
}
