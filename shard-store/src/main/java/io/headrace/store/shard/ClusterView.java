package io.headrace.store.shard;

import io.headrace.store.ShardKey;

/**
 * What a node knows of the others that share its store: hints, never proof, since no promise rests
 * on them. Any thread may call.
 */
public interface ClusterView {
    /** No others are known: every shard is here, and who wrote any other journal is gone. */
    ClusterView ALONE =
            new ClusterView() {
                @Override
                public boolean isHere(ShardKey shard) {
                    return true;
                }

                @Override
                public Release release(String journalId, ShardKey shard) {
                    return Release.GONE;
                }
            };

    /** Whether this node should own the shard now. */
    boolean isHere(ShardKey shard);

    /**
     * Asks whoever writes a journal to let go of the shard; blocks, for a bounded time. Who does
     * not answer within it is gone.
     */
    Release release(String journalId, ShardKey shard);

    /** What became of the request. */
    enum Release {
        /** The shard's manifest says so now, or that another owns it. */
        RELEASED,
        /** Nobody that can be reached writes the journal: only its seal tells where it ends. */
        GONE
    }
}
