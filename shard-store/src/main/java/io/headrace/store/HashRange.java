package io.headrace.store;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** The keys of one shard, both ends included. */
public record HashRange(HashKey start, HashKey end) {
    public HashRange {
        if (start.compareTo(end) > 0) {
            throw new IllegalArgumentException(start + " is above " + end);
        }
    }

    public boolean contains(HashKey key) {
        return start.compareTo(key) <= 0 && key.compareTo(end) <= 0;
    }

    /** True if {@code next} begins right where this range ends. */
    public boolean touches(HashRange next) {
        return !end.equals(HashKey.MAX) && end.next().equals(next.start);
    }

    /**
     * The whole key space in {@code count} even ranges, the remainder in the last, as Kinesis
     * divides it.
     */
    public static List<HashRange> even(int count) {
        if (count < 1) {
            throw new IllegalArgumentException(count + " ranges");
        }
        var width = BigInteger.ONE.shiftLeft(128).divide(BigInteger.valueOf(count));
        var ranges = new ArrayList<HashRange>(count);
        for (int i = 0; i < count; i++) {
            var start = HashKey.of(width.multiply(BigInteger.valueOf(i)));
            var end =
                    i == count - 1
                            ? HashKey.MAX
                            : HashKey.of(
                                    width.multiply(BigInteger.valueOf(i + 1L))
                                            .subtract(BigInteger.ONE));
            ranges.add(new HashRange(start, end));
        }
        return List.copyOf(ranges);
    }
}
