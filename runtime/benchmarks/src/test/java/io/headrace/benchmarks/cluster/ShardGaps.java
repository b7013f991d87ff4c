package io.headrace.benchmarks.cluster;

import java.util.OptionalLong;

/**
 * When a shard's records were acknowledged: the longest pause since a mark, and the end of what
 * struck it then. Nanoseconds of one clock. Any thread may call.
 */
final class ShardGaps {
    private long last;
    private long mark;
    private long longest;
    private long back;

    /** Forgets what was before, but for the last acknowledgement, from which a pause may go on. */
    synchronized void mark(long now) {
        mark = now;
        longest = 0;
        back = 0;
    }

    synchronized void acknowledged(long sent, long now) {
        if (last != 0) {
            longest = Math.max(longest, now - last);
        }
        last = now;
        if (back == 0 && sent >= mark) {
            back = now;
        }
    }

    /** From the mark to the first acknowledgement of a record that was sent after it. */
    synchronized OptionalLong back() {
        return back == 0 ? OptionalLong.empty() : OptionalLong.of(back - mark);
    }

    /** The longest time between two acknowledgements of which the later came after the mark. */
    synchronized long longest() {
        return longest;
    }
}
