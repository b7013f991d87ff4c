package io.headrace.store.journal;

import io.headrace.store.Ticker;
import io.headrace.store.object.StoreFullException;
import io.headrace.store.record.Block;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A journal of objects, one an entry, each created if absent, several under way at a time. An entry
 * is durable once it and all before it are. An answer that was lost is settled by reading: the
 * nonce says whether the object is ours. Whatever else stands there ended this journal: the writer
 * is fenced, for good.
 *
 * <p>{@link #append} and {@link #sync} are each called by one thread; writes run on an executor.
 */
final class ObjectJournal implements Journal {
    private static final long PAUSE_NANOS_MIN = 20_000_000;
    private static final long PAUSE_NANOS_MAX = 2_000_000_000;

    private final ObjectJournals journals;
    private final JournalEntries entries;
    private final EntryReader reader;
    private final Parts parts;
    private final Signal signal;
    private final ArrayDeque<Written> kept = new ArrayDeque<>();
    private final TreeSet<Long> settledAhead = new TreeSet<>();
    private long nextEntry;
    private long keptBytes;
    private long settledBefore;
    private volatile long durableBefore;
    private @Nullable IOException failure;

    /**
     * What it works with.
     *
     * @param random source of nonces; used by one thread at a time
     * @param giveUpNanos how long a write is sent again before the journal ends, its outcome
     *     unknown
     */
    record Parts(
            Executor writes,
            RandomGenerator random,
            Ticker ticker,
            Rules rules,
            int entryBytesMax,
            long giveUpNanos) {}

    /** An entry that was not given back, as far as {@link #trimmed} was told. */
    private record Written(long index, long bytes, List<SharedJournals.Row> rows) {}

    ObjectJournal(
            ObjectJournals journals,
            JournalEntries entries,
            Parts parts,
            Signal signal,
            long firstEntry) {
        this.journals = journals;
        this.entries = entries;
        this.reader = new EntryReader(entries);
        this.parts = parts;
        this.signal = signal;
        nextEntry = firstEntry;
        settledBefore = firstEntry;
        durableBefore = firstEntry;
    }

    @Override
    public String id() {
        return entries.id.toString();
    }

    @Override
    public synchronized long nextEntry() {
        return nextEntry;
    }

    @Override
    public long durableBefore() {
        return durableBefore;
    }

    @Override
    public int entryBytesMax() {
        return parts.entryBytesMax();
    }

    @Override
    public long append(List<Block> blocks) throws IOException {
        // Only this thread counts it up.
        long index = nextEntry();
        long nonce = parts.random().nextLong();
        var rows = EntryFormat.rows(index, blocks);
        // From here on these bytes are what this index holds, or nothing of ours ever is.
        var content = content(EntryFormat.entry(entries.id, index, nonce, rows), blocks);
        synchronized (this) {
            if (failure != null) {
                throw new IOException("journal " + id() + " has ended", failure);
            }
            long bytes = 0;
            for (var part : content) {
                bytes += part.remaining();
            }
            kept.add(new Written(index, bytes, rows));
            keptBytes += bytes;
            nextEntry++;
        }
        try {
            parts.writes().execute(() -> write(index, nonce, content));
        } catch (RejectedExecutionException e) {
            var refused = new IOException("journal " + id() + " is closed", e);
            fail(refused);
            throw refused;
        }
        return EntryFormat.position(index, content[0].remaining());
    }

    private static ByteBuffer[] content(ByteBuffer head, List<Block> blocks) {
        var content = new ByteBuffer[blocks.size() + 1];
        content[0] = head;
        for (int i = 0; i < blocks.size(); i++) {
            content[i + 1] = blocks.get(i).content();
        }
        return content;
    }

    /** Sends the entry until it is known to stand, or not to. */
    private void write(long index, long nonce, ByteBuffer[] content) {
        long began = parts.ticker().nanos();
        long pause = PAUSE_NANOS_MIN;
        boolean unclear = false;
        IOException last = null;
        try {
            while (!hasFailed()) {
                try {
                    if (entries.create(index, fresh(content))
                            || (unclear && !parts.rules().hold(Rule.COMPARE_NONCE))
                            || isMine(index, nonce)) {
                        settled(index);
                        return;
                    }
                } catch (StoreFullException e) {
                    if (!unclear) {
                        throw e;
                    }
                    last = e;
                } catch (FencedException e) {
                    throw e;
                } catch (IOException e) {
                    last = e;
                }
                unclear = true;
                if (!parts.rules().hold(Rule.NEVER_SKIP)) {
                    settled(index);
                    return;
                }
                if (parts.ticker().nanos() - began > parts.giveUpNanos()) {
                    throw new IOException(
                            "it is unknown whether " + entries.name(index) + " was created", last);
                }
                signal.pause(pause, this::hasFailed);
                pause = Math.min(PAUSE_NANOS_MAX, pause * 2);
            }
        } catch (IOException e) {
            fail(e);
        } catch (RuntimeException | Error e) {
            fail(new IOException("a bug stopped a write of journal " + id(), e));
            throw e;
        }
    }

    /**
     * The name was taken, or nobody knows: whether what stands there is what we sent.
     *
     * @return false if nothing stands there, so that it has to be sent again
     * @throws FencedException if it is anything else
     */
    private boolean isMine(long index, long nonce) throws IOException {
        var found = entries.head(index);
        if (found.isEmpty()) {
            return false;
        }
        if (found.get().nonce() == nonce && !found.get().isTombstone()) {
            return true;
        }
        throw new FencedException(
                "journal %s was ended by another at entry %d".formatted(id(), index));
    }

    private static ByteBuffer[] fresh(ByteBuffer[] content) {
        var fresh = new ByteBuffer[content.length];
        for (int i = 0; i < content.length; i++) {
            fresh[i] = content[i].duplicate();
        }
        return fresh;
    }

    private void settled(long index) {
        synchronized (this) {
            settledAhead.add(index);
            if (parts.rules().hold(Rule.ACKNOWLEDGE_IN_ORDER)) {
                while (!settledAhead.isEmpty() && settledAhead.first() == settledBefore) {
                    settledAhead.pollFirst();
                    settledBefore++;
                }
            } else {
                settledBefore = Math.max(settledBefore, index + 1);
            }
        }
        signal.fire();
    }

    private void fail(IOException cause) {
        synchronized (this) {
            if (failure == null) {
                failure = cause;
            } else if (!cause.equals(failure)) {
                failure.addSuppressed(cause);
            }
        }
        signal.fire();
    }

    private synchronized boolean hasFailed() {
        return failure != null;
    }

    private synchronized boolean hasNews() {
        return failure != null || settledBefore > durableBefore || durableBefore == nextEntry;
    }

    @Override
    public long sync() throws IOException {
        try {
            signal.await(this::hasNews);
        } catch (InterruptedIOException e) {
            fail(e);
            throw e;
        }
        synchronized (this) {
            if (settledBefore > durableBefore || failure == null) {
                durableBefore = settledBefore;
                return durableBefore;
            }
            throw new IOException("journal " + id() + " has ended", failure);
        }
    }

    /** That an entry is durable its presence proves. */
    @Override
    public boolean mark() {
        return false;
    }

    @Override
    public void prepare() {}

    @Override
    public long seal() throws IOException {
        fail(new FencedException("journal " + id() + " was ended by its writer"));
        return journals.seal(id());
    }

    @Override
    public ByteBuffer read(long position, int length) throws IOException {
        return entries.read(EntryFormat.indexOf(position), EntryFormat.offsetOf(position), length);
    }

    @Override
    public String describe(long position) {
        return reader.describe(position);
    }

    /** What may go the manifests of all shards decide, not this process's blocks. */
    @Override
    public void release(long position) {}

    @Override
    public synchronized OptionalLong oldestEnd() {
        // One entry is too little to relieve the journal of at a time.
        return kept.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(
                        EntryFormat.position(kept.getFirst().index() + 1 + kept.size() / 4, 0));
    }

    @Override
    public long trim() {
        return 0;
    }

    /** Shows the durable entries that are kept, oldest first, until the visitor has had enough. */
    void forEachKept(SharedJournals.KeptVisitor visitor) {
        List<Written> durable;
        synchronized (this) {
            durable = new ArrayList<>(kept);
        }
        for (var entry : durable) {
            if (entry.index() >= durableBefore || !visitor.entry(entry.index(), entry.rows())) {
                return;
            }
        }
    }

    /** Entries below this index were given back. */
    synchronized void trimmed(long below) {
        while (!kept.isEmpty() && kept.getFirst().index() < below) {
            keptBytes -= kept.removeFirst().bytes();
        }
    }

    synchronized long keptBytes() {
        return keptBytes;
    }

    synchronized int keptEntries() {
        return kept.size();
    }
}
