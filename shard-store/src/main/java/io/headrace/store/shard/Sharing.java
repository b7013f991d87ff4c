package io.headrace.store.shard;

import io.headrace.store.journal.Rule;
import io.headrace.store.journal.Rules;
import io.headrace.store.object.VersionedObject.Looks;

/**
 * How an engine shares its store with those of other nodes.
 *
 * @param view what is known of the others
 * @param rules all, but in a simulation
 * @param entriesMax kept journal entries from which the oldest are compacted, however many shards
 *     there are: who takes over after a crash reads the table of each
 * @param writeAheadBytes pending bytes from which the next entry is written while those before it
 *     are under way
 * @param hot where committed blocks are offered, and sought before the store is read
 */
public record Sharing(
        ClusterView view, Rules rules, int entriesMax, long writeAheadBytes, HotTier hot) {
    private static final int ENTRIES_MAX = 16_000;

    /** A write takes tens of milliseconds, and costs money however small it is. */
    private static final long WRITE_AHEAD_BYTES = 64 << 10;

    /** No other node, or none that is known. */
    public static final Sharing ALONE = with(ClusterView.ALONE);

    /** How manifests are read and created. */
    Looks looks() {
        return new Looks(rules.hold(Rule.LIST_AGAIN), rules.hold(Rule.CHECK_AFTER_CREATE));
    }

    /** What suits most. */
    public static Sharing with(ClusterView view) {
        return with(view, HotTier.NONE);
    }

    /** As {@link #with(ClusterView)}, with a hot tier. */
    public static Sharing with(ClusterView view, HotTier hot) {
        return new Sharing(view, Rules.ALL, ENTRIES_MAX, WRITE_AHEAD_BYTES, hot);
    }
}
