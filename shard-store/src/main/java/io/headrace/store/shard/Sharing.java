package io.headrace.store.shard;

import io.headrace.store.journal.Rules;

/**
 * How an engine shares its store with those of other nodes.
 *
 * @param view what is known of the others
 * @param rules all, but in a simulation
 * @param entriesMax kept journal entries from which the oldest are compacted: who takes over after
 *     a crash reads the table of each
 */
public record Sharing(ClusterView view, Rules rules, int entriesMax) {
    private static final int ENTRIES_MAX = 16_000;

    /** No other node, or none that is known. */
    public static final Sharing ALONE = with(ClusterView.ALONE);

    /** What suits most. */
    public static Sharing with(ClusterView view) {
        return new Sharing(view, Rules.ALL, ENTRIES_MAX);
    }
}
