package io.headrace.store.shard;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.StoreEvents;
import io.headrace.store.Ticker;
import java.io.IOException;

/**
 * The second half of the committer: syncs what was written, and only then lets anyone see it: first
 * readers, then those who wait for commits, then the callers. {@link #step} is called by one
 * thread; whatever depends on an append's future runs on it and delays the next sync.
 */
final class CommitSyncer {
    private final CommitLane lane;
    private final RequestQueue queue;
    private final Ticker ticker;
    private final StoreEvents events;
    private final Wake wake;
    private final HotTier hot;
    private long bytesSinceWake;

    /** Who is woken whenever so many bytes were committed. */
    record Wake(long afterBytes, Runnable action) {}

    CommitSyncer(
            CommitLane lane,
            RequestQueue queue,
            Ticker ticker,
            StoreEvents events,
            Wake wake,
            HotTier hot) {
        this.lane = lane;
        this.queue = queue;
        this.ticker = ticker;
        this.events = events;
        this.wake = wake;
        this.hot = hot;
    }

    /** One sync and what it settles; false if nothing was written. */
    boolean step() {
        if (lane.next() == null) {
            return false;
        }
        long before = ticker.nanos();
        long durableBefore;
        try {
            durableBefore = lane.journal().sync();
        } catch (IOException e) {
            failAll(e);
            return true;
        }
        long nanos = ticker.nanos() - before;
        for (var group = lane.next();
                group != null && group.durableBefore() <= durableBefore;
                group = lane.next()) {
            settle(group);
            if (!group.blocks().isEmpty()) {
                long bytes = group.bytes();
                events.committed(group.blocks().size(), group.records(), bytes, nanos);
                bytesSinceWake += bytes;
            }
        }
        if (bytesSinceWake >= wake.afterBytes()) {
            bytesSinceWake = 0;
            wake.action().run();
        }
        return true;
    }

    private void settle(CommitGroup group) {
        for (var block : group.blocks()) {
            block.publish(group.entry());
        }
        for (var block : group.blocks()) {
            block.log.listeners.wake(block.log, events);
        }
        // Before the callers hear of it, so that the next write overlaps their work.
        lane.settled();
        queue.wake();
        for (var block : group.blocks()) {
            block.acknowledge(queue);
        }
        for (var block : group.blocks()) {
            if (block.counts()) {
                hot.committed(block.log.key, block.stored());
            }
        }
        group.ends().forEach(end -> end.settled().run());
    }

    /** After a failed sync nobody knows what the disk holds, so nobody is told anything else. */
    private void failAll(IOException cause) {
        if (lane.fence(cause)) {
            events.fenced(cause);
        }
        var refusal =
                new RefusedException(
                        ErrorCode.INTERNAL_FAILURE,
                        "the outcome of the write is unknown: the journal failed",
                        cause);
        refuseAll(refusal);
        queue.wake();
    }

    /** Everything that was written and not settled fails. */
    void refuseAll(RefusedException refusal) {
        for (var group = lane.next(); group != null; group = lane.next()) {
            group.blocks().forEach(CommitBlock::release);
            for (var block : group.blocks()) {
                block.refuse(refusal, queue);
            }
            lane.settled();
            group.ends().forEach(end -> end.settled().run());
        }
    }
}
