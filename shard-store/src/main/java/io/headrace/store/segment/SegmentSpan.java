package io.headrace.store.segment;

/**
 * A stretch of a shard's records that a manifest names: one segment, or a list of such stretches.
 * Records {@code [firstIndex, nextIndex)} that arrived from {@code firstArrivalMs} to {@code
 * lastArrivalMs} (ms since 1970), in blocks of {@code rawBytes}, in segments of {@code storedBytes}
 * altogether: enough to choose one, or to drop it, without reading it.
 */
public sealed interface SegmentSpan permits SegmentRef, ListRef {
    /** The object's. */
    String name();

    /** 0 for a segment; a list holds what is one level below it. */
    int level();

    long firstIndex();

    long nextIndex();

    long firstArrivalMs();

    long lastArrivalMs();

    long rawBytes();

    long storedBytes();
}
