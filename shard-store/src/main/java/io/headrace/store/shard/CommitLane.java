package io.headrace.store.shard;

import io.headrace.store.journal.Journal;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What the writing and the syncing thread share: the journal, and the groups between them. */
final class CommitLane {
    private final ConcurrentLinkedQueue<CommitGroup> written = new ConcurrentLinkedQueue<>();
    private final AtomicInteger unsettled = new AtomicInteger();
    private final ConcurrentLinkedQueue<Journal> replaced = new ConcurrentLinkedQueue<>();
    private volatile Journal journal;
    private volatile @Nullable Exception fencedBy;
    private volatile @Nullable Thread syncer;

    CommitLane(Journal journal) {
        this.journal = journal;
    }

    Journal journal() {
        return journal;
    }

    /** Groups that were written and not settled; the writer only adds, so it may rely on zero. */
    int unsettled() {
        return unsettled.get();
    }

    void written(CommitGroup group) {
        unsettled.incrementAndGet();
        written.add(group);
        wakeSyncer();
    }

    void wakeSyncer() {
        var thread = syncer;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    void syncer(Thread thread) {
        syncer = thread;
    }

    @Nullable CommitGroup next() {
        return written.peek();
    }

    /** The first group was answered, one way or the other. */
    void settled() {
        written.remove();
        unsettled.decrementAndGet();
    }

    /**
     * Whoever sees the journal fail: from now on nothing is written to it. True for the first who
     * does.
     */
    synchronized boolean fence(Exception cause) {
        if (fencedBy != null) {
            return false;
        }
        fencedBy = cause;
        return true;
    }

    @Nullable Exception fencedBy() {
        return fencedBy;
    }

    /** Nothing of the old journal is under way any more; the writer goes on in this one. */
    synchronized void resume(Journal next) {
        replaced.add(journal);
        journal = next;
        fencedBy = null;
    }

    /** A journal that another took the place of, each once; null if there is none. */
    @Nullable Journal nextReplaced() {
        return replaced.poll();
    }
}
