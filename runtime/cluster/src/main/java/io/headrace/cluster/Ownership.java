package io.headrace.cluster;

import io.headrace.store.ShardKey;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What the cluster asks of this node's store; any thread may call, and is not blocked. */
public interface Ownership {
    /** Lets go of a shard; done once its manifest says so, or at once if it is not owned here. */
    CompletableFuture<Void> release(ShardKey shard);

    /** Makes the release of one shard quick for its next owner; as {@link #prepareRelease()}. */
    CompletableFuture<Void> prepareRelease(ShardKey shard);

    /**
     * Makes the releases to come quick, while requests still come here; done as far as it can be.
     */
    CompletableFuture<Void> prepareRelease();

    /** The shards that are owned here now. */
    List<Owned> owned();

    /** The journal this node writes now. */
    String journalId();

    /**
     * A shard that is owned here.
     *
     * @param nextIndex of the record that comes next
     * @param lastArrivalMs of its newest record, 0 if it never had one
     * @param journaledBytes in no segment yet: what a take-over has to read
     */
    record Owned(
            ShardKey shard, long epoch, long nextIndex, long lastArrivalMs, long journaledBytes) {}
}
