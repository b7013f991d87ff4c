package io.headrace.store.segment;

/**
 * A segment object and what is in it: records {@code [firstIndex, nextIndex)} that arrived from
 * {@code firstArrivalMs} to {@code lastArrivalMs} (ms since 1970), in blocks of {@code rawBytes}
 * altogether, as an object of {@code storedBytes}.
 */
public record SegmentRef(
        String name,
        long firstIndex,
        long nextIndex,
        long firstArrivalMs,
        long lastArrivalMs,
        long rawBytes,
        long storedBytes)
        implements SegmentSpan {
    public SegmentRef {
        if (firstIndex < 0 || nextIndex <= firstIndex) {
            throw new IllegalArgumentException(
                    "segment " + name + " of [" + firstIndex + ", " + nextIndex + ")");
        }
        if (lastArrivalMs < firstArrivalMs || rawBytes <= 0 || storedBytes <= 0) {
            throw new IllegalArgumentException(
                    "segment %s: arrivals %d to %d, %d bytes stored as %d"
                            .formatted(name, firstArrivalMs, lastArrivalMs, rawBytes, storedBytes));
        }
    }

    @Override
    public int level() {
        return 0;
    }
}
