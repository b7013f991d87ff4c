package io.headrace.acceptance.crash;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When shards took records, in the nanoseconds of {@link System#nanoTime}: how long one took none,
 * and when one took the first again. Any thread may call; one marks.
 */
final class Acknowledgements {
    private final Map<String, Long> last = new ConcurrentHashMap<>();
    private final Map<String, Long> gaps = new ConcurrentHashMap<>();
    private final Map<String, Long> firsts = new ConcurrentHashMap<>();
    private volatile long mark = System.nanoTime();

    /** A request that was begun then was acknowledged by the shard now. */
    void note(String shardId, long beganNanos) {
        long now = System.nanoTime();
        var before = last.put(shardId, now);
        if (before != null) {
            gaps.merge(shardId, now - before, Math::max);
        }
        if (beganNanos - mark > 0) {
            firsts.putIfAbsent(shardId, now);
        }
    }

    /** Firsts are those after now. */
    void mark() {
        mark = System.nanoTime();
        firsts.clear();
    }

    /** Gaps are those that end after now. */
    void forgetGaps() {
        gaps.clear();
    }

    /** Whether each of the shards took a record of a request that was begun after the mark. */
    boolean came(Collection<String> shardIds) {
        return firsts.keySet().containsAll(shardIds);
    }

    /** From the mark until a shard took a record of a request that was begun after it, ms. */
    long msUntilFirst(String shardId) {
        return (firsts.getOrDefault(shardId, Long.MAX_VALUE) - mark) / 1_000_000;
    }

    /**
     * The longest time between two records that a shard took, the second since they were forgotten,
     * ms.
     */
    long msOfLongestGap(String shardId) {
        return gaps.getOrDefault(shardId, 0L) / 1_000_000;
    }
}
