package io.headrace.store.shard;

import io.headrace.store.StoreEvents;
import java.util.ArrayList;
import java.util.Arrays;

/** Who waits for commits to a shard; next to nothing while nobody does. Any thread may call. */
final class CommitListeners {
    private static final Runnable[] NONE = {};

    private volatile Runnable[] listeners = NONE;

    synchronized void add(Runnable wakeUp) {
        listeners = Arrays.copyOf(listeners, listeners.length + 1);
        listeners[listeners.length - 1] = wakeUp;
    }

    synchronized void remove(Runnable wakeUp) {
        var kept = new ArrayList<>(Arrays.asList(listeners));
        kept.remove(wakeUp);
        listeners = kept.isEmpty() ? NONE : kept.toArray(NONE);
    }

    /** Takes over who waits at the others, which then have none. */
    void adopt(CommitListeners others) {
        for (var listener : others.takeAll()) {
            add(listener);
        }
    }

    private synchronized Runnable[] takeAll() {
        var taken = listeners;
        listeners = NONE;
        return taken;
    }

    boolean isEmpty() {
        return listeners.length == 0;
    }

    void wake(ShardLog log, StoreEvents events) {
        for (var listener : listeners) {
            try {
                listener.run();
            } catch (RuntimeException e) {
                // Their bug must not stop everyone's commits.
                events.backgroundFailed("waking a listener of " + log, e);
            }
        }
    }
}
