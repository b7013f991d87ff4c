package io.headrace.store.shard;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.shard.ShardLog.Owner;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * On a shared store: as whom this process owns a shard, from when it took it over until it lets go
 * of it. Any thread may call.
 */
final class Holding {
    private volatile @Nullable Owner held;
    private volatile boolean lost;
    private volatile boolean dropped;
    private volatile boolean cut;

    /** This process took the shard over. */
    void taken(Owner by) {
        held = by;
    }

    Optional<Owner> by() {
        return Optional.ofNullable(held);
    }

    /** The owner that this process is. */
    Owner require(ShardLog log) {
        var owner = held;
        if (owner == null || lost || dropped) {
            throw new RefusedException(ErrorCode.NOT_OWNER, log + " is not owned here");
        }
        return owner;
    }

    /** Another changed the manifest, so the shard is another's: what is here must go. */
    RefusedException lostTo(Manifest newest) {
        lost = true;
        return new RefusedException(
                ErrorCode.NOT_OWNER,
                "shard %s was taken over under epoch %d".formatted(newest.shard(), newest.epoch()));
    }

    boolean isLost() {
        return lost;
    }

    /**
     * From now on nothing of it is acknowledged: its journal goes on, and who takes it over may
     * read that only up to here.
     */
    void cut() {
        cut = true;
    }

    boolean isCut() {
        return cut;
    }

    void dropped() {
        dropped = true;
        held = null;
    }

    boolean isDropped() {
        return dropped;
    }
}
