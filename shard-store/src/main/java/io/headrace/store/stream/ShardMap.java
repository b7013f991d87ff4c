package io.headrace.store.stream;

import io.headrace.store.HashKey;
import io.headrace.store.HashRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A stream's shards, and which of the open ones a hash key belongs to. Immutable; safe to share.
 * The open shards cover the key space without gap or overlap.
 */
public final class ShardMap {
    private final List<ShardState> all;
    private final List<Integer> dropped;
    private final List<ShardState> open;
    // Start keys and numbers of the open shards in key order: what every record's route reads.
    private final long[] startHighs;
    private final long[] startLows;
    private final int[] numbers;
    private final long oldestClosedMs;

    private ShardMap(List<ShardState> byNumber, List<Integer> droppedNumbers) {
        all = List.copyOf(byNumber);
        dropped = List.copyOf(droppedNumbers);
        var opened = new ArrayList<ShardState>(all.size());
        long oldest = Long.MAX_VALUE;
        for (var shard : all) {
            if (shard.isOpen()) {
                opened.add(shard);
            } else {
                oldest = Math.min(oldest, shard.closedMs());
            }
        }
        oldestClosedMs = oldest;
        opened.sort(Comparator.comparing(shard -> shard.range().start()));
        open = List.copyOf(opened);
        startHighs = new long[open.size()];
        startLows = new long[open.size()];
        numbers = new int[open.size()];
        for (int i = 0; i < numbers.length; i++) {
            var start = open.get(i).range().start();
            startHighs[i] = start.high();
            startLows[i] = start.low();
            numbers[i] = open.get(i).number();
        }
    }

    /**
     * Takes a stream's shards, closed ones included.
     *
     * @throws IllegalArgumentException if numbers repeat or the open shards do not tile the key
     *     space
     */
    public static ShardMap of(List<ShardState> shards) {
        return of(shards, List.of());
    }

    /** As above, with {@link #dropped()}. */
    static ShardMap of(List<ShardState> shards, List<Integer> dropped) {
        var sorted = new ArrayList<>(shards);
        sorted.sort(Comparator.comparingInt(ShardState::number));
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i - 1).number() == sorted.get(i).number()) {
                throw new IllegalArgumentException("two shards " + sorted.get(i).number());
            }
        }
        var map = new ShardMap(sorted, dropped);
        map.checkTiling();
        return map;
    }

    /** A new stream's shards: even ranges, numbers from 0. */
    public static ShardMap even(int count, long nowMs) {
        var shards = new ArrayList<ShardState>(count);
        for (var range : HashRange.even(count)) {
            shards.add(ShardState.first(shards.size(), range, nowMs));
        }
        return of(shards);
    }

    /** Number of the open shard that a key's two halves belong to; allocates nothing. */
    public int shardFor(long high, long low) {
        return numbers[position(high, low)];
    }

    /** Place in {@link #open()} of the shard that a key's two halves belong to. */
    public int position(long keyHigh, long keyLow) {
        // Most streams are cut evenly: then the key's share of the key space is its shard's place.
        int guess = (int) Math.unsignedMultiplyHigh(keyHigh, numbers.length);
        if (!startsAbove(guess, keyHigh, keyLow)
                && (guess + 1 == numbers.length || startsAbove(guess + 1, keyHigh, keyLow))) {
            return guess;
        }
        int low = 0;
        int high = numbers.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (startsAbove(middle, keyHigh, keyLow)) {
                high = middle - 1;
            } else {
                low = middle;
            }
        }
        return low;
    }

    private boolean startsAbove(int position, long keyHigh, long keyLow) {
        int order = Long.compareUnsigned(startHighs[position], keyHigh);
        return order > 0 || (order == 0 && Long.compareUnsigned(startLows[position], keyLow) > 0);
    }

    /** Number of the shard at a place in {@link #open()}. */
    public int numberAt(int position) {
        return numbers[position];
    }

    /**
     * Whether a key of the shard at this place is in the upper half of its range; by the key's
     * upper 64 bits, so roughly for shards narrower than that.
     */
    public boolean isUpperHalf(int position, long keyHigh) {
        long start = startHighs[position];
        long next = position + 1 < startHighs.length ? startHighs[position + 1] : -1;
        return Long.compareUnsigned(keyHigh - start, (next - start) >>> 1) >= 0;
    }

    /** As {@link #shardFor(long, long)}, the whole shard. */
    public ShardState openAt(HashKey key) {
        return open.get(position(key.high(), key.low()));
    }

    /** The shard of this number, open or closed. */
    public Optional<ShardState> find(int number) {
        int low = 0;
        int high = all.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int at = all.get(middle).number();
            if (at == number) {
                return Optional.of(all.get(middle));
            }
            if (at < number) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return Optional.empty();
    }

    /** Shards that took over (part of) this one's range. */
    public List<ShardState> children(int number) {
        return all.stream()
                .filter(shard ->
                        shard.parent().orElse(-1) == number
                                || shard.adjacentParent().orElse(-1) == number)
                .toList();
    }

    /** Every shard, by number. */
    public List<ShardState> all() {
        return all;
    }

    /** Numbers of shards that are none any more, but whose data may still be there. */
    public List<Integer> dropped() {
        return dropped;
    }

    /** Without these shards, which become {@link #dropped()}. */
    ShardMap drop(Collection<ShardState> gone) {
        var kept = new ArrayList<>(all);
        kept.removeAll(gone);
        var numbersOfGone = new ArrayList<>(dropped);
        gone.forEach(shard -> numbersOfGone.add(shard.number()));
        return of(kept, numbersOfGone);
    }

    /** Once the data of these dropped shards is gone. */
    ShardMap forget(Collection<Integer> deleted) {
        var left = new ArrayList<>(dropped);
        left.removeAll(deleted);
        return of(all, left);
    }

    /** The open shards, by key. */
    public List<ShardState> open() {
        return open;
    }

    public int openCount() {
        return numbers.length;
    }

    /** A number no shard of this stream ever had: the newest shard is always an open one. */
    public int nextNumber() {
        return all.isEmpty() ? 0 : all.getLast().number() + 1;
    }

    /** When the longest closed shard was closed, or the end of time if all are open. */
    public long oldestClosedMs() {
        return oldestClosedMs;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ShardMap map && all.equals(map.all) && dropped.equals(map.dropped);
    }

    @Override
    public int hashCode() {
        return 31 * all.hashCode() + dropped.hashCode();
    }

    @Override
    public String toString() {
        return "%d shards, %d open".formatted(all.size(), numbers.length);
    }

    private void checkTiling() {
        if (open.isEmpty()
                || !open.getFirst().range().start().equals(HashKey.MIN)
                || !open.getLast().range().end().equals(HashKey.MAX)) {
            throw new IllegalArgumentException("the open shards do not reach both ends: " + open);
        }
        for (int i = 1; i < open.size(); i++) {
            if (!open.get(i - 1).range().touches(open.get(i).range())) {
                throw new IllegalArgumentException(
                        "gap or overlap between " + open.get(i - 1) + " and " + open.get(i));
            }
        }
    }
}
