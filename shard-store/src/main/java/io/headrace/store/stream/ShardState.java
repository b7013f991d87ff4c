package io.headrace.store.stream;

import io.headrace.store.HashRange;
import io.headrace.store.SequenceNumber;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One shard of a stream.
 *
 * @param createdSeconds what its sequence numbers begin with; strictly above its parents', so it
 *     can run ahead of the clock
 * @param openedMs when it took over its range
 * @param endIndex one past its last record's index, once it is closed
 * @param closedMs when its children took over its range; 0 while it is open
 */
public record ShardState(
        int number,
        OptionalInt parent,
        OptionalInt adjacentParent,
        HashRange range,
        long createdSeconds,
        long openedMs,
        OptionalLong endIndex,
        long closedMs) {

    static ShardState first(int number, HashRange range, long nowMs) {
        return new ShardState(
                number,
                OptionalInt.empty(),
                OptionalInt.empty(),
                range,
                nowMs / 1000,
                nowMs,
                OptionalLong.empty(),
                0);
    }

    public boolean isOpen() {
        return endIndex.isEmpty();
    }

    /** True if the shard owned its range at that moment. */
    public boolean isOpenAt(long ms) {
        return openedMs <= ms && (isOpen() || ms < closedMs);
    }

    /** At or below the number of every record of the shard. */
    public SequenceNumber startingNumber() {
        return new SequenceNumber(createdSeconds, number, 0, createdSeconds);
    }

    /** Above the number of every record of a closed shard, below the first of its children. */
    public Optional<SequenceNumber> endingNumber() {
        return endIndex.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new SequenceNumber(
                                createdSeconds,
                                number,
                                endIndex.getAsLong() + 1,
                                Math.max(createdSeconds, closedMs / 1000)));
    }

    ShardState close(long end, long nowMs) {
        return new ShardState(
                number,
                parent,
                adjacentParent,
                range,
                createdSeconds,
                openedMs,
                OptionalLong.of(end),
                nowMs);
    }
}
