package io.headrace.store.segment;

/**
 * A list object and what it leads to: {@code segments} segments, by way of {@code lists} lists with
 * itself.
 */
public record ListRef(
        String name,
        int level,
        long segments,
        long lists,
        long firstIndex,
        long nextIndex,
        long firstArrivalMs,
        long lastArrivalMs,
        long rawBytes,
        long storedBytes)
        implements SegmentSpan {
    public ListRef {
        if (level < 1 || segments < 1 || lists < 1) {
            throw new IllegalArgumentException(
                    "list %s of level %d with %d segments in %d lists"
                            .formatted(name, level, segments, lists));
        }
        if (firstIndex < 0 || nextIndex <= firstIndex) {
            throw new IllegalArgumentException(
                    "list " + name + " of [" + firstIndex + ", " + nextIndex + ")");
        }
        if (lastArrivalMs < firstArrivalMs || rawBytes <= 0 || storedBytes <= 0) {
            throw new IllegalArgumentException(
                    "list %s: arrivals %d to %d, %d bytes stored as %d"
                            .formatted(name, firstArrivalMs, lastArrivalMs, rawBytes, storedBytes));
        }
    }
}
