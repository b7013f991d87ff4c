package io.headrace.store.shard;

import io.headrace.store.journal.Rules;

/**
 * How an engine gets on with others on the same store.
 *
 * @param entriesMax journal entries with blocks in no segment, beyond which the oldest are
 *     compacted: who takes over after a crash reads the table of each
 */
public record Sharing(ClusterView view, Rules rules, long entriesMax) {
    private static final long ENTRIES_MAX = 16_000;

    /** Nobody else is known. */
    public static final Sharing ALONE = with(ClusterView.ALONE);

    public Sharing {
        if (entriesMax < 1) {
            throw new IllegalArgumentException("at most " + entriesMax + " entries");
        }
    }

    /** What suits most. */
    public static Sharing with(ClusterView view) {
        return new Sharing(view, Rules.ALL, ENTRIES_MAX);
    }
}
