package io.headrace.store.journal;

import io.headrace.store.record.Block;
import java.io.IOException;
import java.util.List;

/**
 * A journal that is being written. Entries are numbered 0, 1, 2, … without a gap; they become
 * durable in that order. Two threads drive it: one calls {@link #append} and {@link #mark}, one
 * {@link #sync}; they may overlap, so that an entry is written while those before it are synced.
 * After an {@link IOException} of either that is no {@link
 * io.headrace.store.object.StoreFullException} the journal accepts nothing more: whoever owns it
 * seals it and begins another. {@link #durableBefore()} and {@link #nextEntry()} may be called by
 * any thread.
 */
public interface Journal extends JournalReader {
    /** Number of the entry that is appended next. */
    long nextEntry();

    /** Every entry below this number is durable. */
    long durableBefore();

    /** Largest sum of block lengths that one entry takes. */
    int entryBytesMax();

    /**
     * Writes one entry, not durable yet. The blocks lie one behind the other from the position
     * returned.
     *
     * @throws io.headrace.store.object.StoreFullException if there was no room: nothing was
     *     written, and it may be tried again
     * @throws IOException if the outcome is unknown; the journal is at its end
     */
    long append(List<Block> blocks) throws IOException;

    /**
     * Makes what was appended before the call durable.
     *
     * @return the new {@link #durableBefore()}
     * @throws IOException if nobody knows what is durable now; never to be tried again
     */
    long sync() throws IOException;

    /**
     * Writes a proof that all entries are durable, which {@link #sync} must follow; without it
     * damage to the very last entries would look like a torn write.
     *
     * @return false if there was nothing to prove
     */
    boolean mark() throws IOException;

    /** Gets room for entries to come ready ahead of need; for the maintenance thread. */
    void prepare() throws IOException;

    /**
     * Ends the journal for good at its durable entries, and remembers where, durably. Called when
     * nobody appends or syncs any more.
     *
     * @return the number of entries that count
     */
    long seal() throws IOException;
}
