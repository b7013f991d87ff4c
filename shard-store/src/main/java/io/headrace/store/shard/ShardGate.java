package io.headrace.store.shard;

import io.headrace.store.shard.ShardLog.Owner;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a request for a shard goes to the committer, waits, or has to be answered.
 *
 * <pre>
 *   UNCLAIMED ──request──► CLAIMING ──claimed──► OWNED ──journal lost──► UNCLAIMED
 *       ▲                     │  ◄──key missing──  │
 *       └───────failed────────┘                    │ end
 *       │                                          ▼
 *       ├──────────────────── end ──────────────► ENDING ──ended──► ENDED
 *       └──────────────────────────────── failed ──┘
 *   and from each of them to DELETED
 * </pre>
 *
 * Any thread may call any method.
 */
final class ShardGate {
    private enum Phase {
        UNCLAIMED,
        CLAIMING,
        OWNED,
        ENDING,
        ENDED,
        DELETED
    }

    /** What the caller has to do with its request. */
    enum Verdict {
        /** Nothing: it went to the committer. */
        PASSED,
        /** Nothing: it is kept until the shard is claimed or ended. */
        WAITS,
        /** Claim the shard; the request is kept. */
        CLAIM,
        /** Answer that the shard has ended. */
        ENDED,
        /** Refuse: the shard was deleted. */
        DELETED
    }

    /** What became of an attempt to end the shard. */
    enum EndVerdict {
        BEGUN,
        /** Someone claims or ends it: come again when that is done. */
        BUSY,
        ENDED,
        DELETED
    }

    private volatile Phase phase = Phase.UNCLAIMED;
    private @Nullable Owner owner;

    /** The owner while its requests may be written. */
    private volatile @Nullable Owner writer;

    private List<Request> waiting = List.of();
    private final List<Runnable> whenFree = new ArrayList<>(0);

    /** Lets the request through if the shard may be written. */
    Verdict admit(Request request, RequestQueue queue) {
        if (phase == Phase.OWNED) {
            queue.push(request);
            return Verdict.PASSED;
        }
        synchronized (this) {
            return switch (phase) {
                case OWNED -> {
                    queue.push(request);
                    yield Verdict.PASSED;
                }
                case UNCLAIMED -> {
                    phase = Phase.CLAIMING;
                    keep(request);
                    yield Verdict.CLAIM;
                }
                case CLAIMING, ENDING -> {
                    keep(request);
                    yield Verdict.WAITS;
                }
                case ENDED -> Verdict.ENDED;
                case DELETED -> Verdict.DELETED;
            };
        }
    }

    /** Who may write now; null if nobody. The committer asks before each block. */
    @Nullable Owner owner() {
        return writer;
    }

    /** The shard is ours: what waited goes to the committer, in order. */
    synchronized void claimed(Owner by, RequestQueue queue) {
        if (phase == Phase.CLAIMING) {
            owner = by;
            // Before the first request that waited can reach the committer, else it would come
            // back behind the others; and those not before they are all in the queue.
            writer = by;
            waiting.forEach(queue::push);
            waiting = List.of();
            phase = Phase.OWNED;
        }
        free();
    }

    /** The claim did not work out. Returns what waited, to be refused. */
    synchronized List<Request> claimFailed() {
        if (phase == Phase.CLAIMING) {
            phase = Phase.UNCLAIMED;
        }
        return takeWaiting();
    }

    /** This owner's journal takes nothing any more; the next request claims again. */
    synchronized void lost(Owner by) {
        if (phase == Phase.OWNED && by.equals(owner)) {
            owner = null;
            writer = null;
            phase = Phase.UNCLAIMED;
        }
    }

    /**
     * This owner's next block needs a key first: what comes is kept until the owner has claimed the
     * shard again, or {@link #preparationFailed}. False if it does not own the shard now.
     */
    synchronized boolean paused(Owner by) {
        if (phase != Phase.OWNED || !by.equals(owner)) {
            return false;
        }
        writer = null;
        phase = Phase.CLAIMING;
        return true;
    }

    /**
     * The owner stays who it is, since blocks of it may be under way; its next append asks for the
     * key again. Returns what waited, to be refused.
     */
    synchronized List<Request> preparationFailed(Owner by) {
        if (phase == Phase.CLAIMING) {
            owner = by;
            writer = by;
            phase = Phase.OWNED;
        }
        return takeWaiting();
    }

    /** Stops appends, to end the shard. */
    synchronized EndVerdict beginEnd() {
        return switch (phase) {
            case UNCLAIMED, OWNED -> {
                phase = Phase.ENDING;
                writer = null;
                yield EndVerdict.BEGUN;
            }
            case CLAIMING, ENDING -> EndVerdict.BUSY;
            case ENDED -> EndVerdict.ENDED;
            case DELETED -> EndVerdict.DELETED;
        };
    }

    /** Runs {@code next}, which only hands over, when nobody claims or ends any more. */
    void whenFree(Runnable next) {
        synchronized (this) {
            if (phase == Phase.CLAIMING || phase == Phase.ENDING) {
                whenFree.add(next);
                return;
            }
        }
        next.run();
    }

    synchronized List<Request> ended() {
        if (phase != Phase.DELETED) {
            phase = Phase.ENDED;
        }
        owner = null;
        writer = null;
        return takeWaiting();
    }

    /**
     * Could not be ended, or perhaps was: whoever claims the shard next finds out. Returns what
     * waited, to be admitted again.
     */
    synchronized List<Request> endFailed() {
        if (phase == Phase.ENDING) {
            phase = Phase.UNCLAIMED;
            owner = null;
        }
        return takeWaiting();
    }

    synchronized List<Request> deleted() {
        phase = Phase.DELETED;
        owner = null;
        writer = null;
        return takeWaiting();
    }

    private void free() {
        whenFree.forEach(Runnable::run);
        whenFree.clear();
    }

    private void keep(Request request) {
        if (waiting.isEmpty()) {
            waiting = new ArrayList<>(1);
        }
        waiting.add(request);
    }

    private List<Request> takeWaiting() {
        free();
        var taken = waiting;
        waiting = List.of();
        return taken;
    }
}
