package io.headrace.store.journal;

import io.headrace.store.ShardKey;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

/**
 * Journals on a store that several processes share. {@link #recover} finds nothing: a journal left
 * behind is ended when a shard in it is asked for. Every method but those of {@link Journals} may
 * be called by any thread; all may block.
 */
public interface SharedJournals extends Journals {
    /**
     * Ends a journal for good, whoever writes it; idempotent.
     *
     * @return its entries {@code [floor, result)} count, no other ever will
     */
    long seal(String journalId) throws IOException;

    /**
     * As {@link #seal}, and shows what stands in the entries from the floor to the end, in order:
     * whoever ends a journal has met them all on the way.
     *
     * @throws EntryGoneException if they were given back meanwhile
     */
    long seal(String journalId, EntryVisitor visitor) throws IOException;

    /** Where the journal was ended, if it was; ends nothing. */
    OptionalLong sealOf(String journalId) throws IOException;

    /** The first entry that may still be there. */
    long floor(String journalId) throws IOException;

    /**
     * Shows what stands in the entries {@code [from, to)}, in order; {@code to} is at most where
     * the journal was sealed, or the end of a range that was closed.
     *
     * @throws EntryGoneException if one of them is not there
     */
    void walk(String journalId, long from, long to, EntryVisitor visitor) throws IOException;

    /**
     * Shows what stands in the entries from an index on, in order, up to the first index where
     * there is no entry now; ends nothing. What was acknowledged before the call lies below it,
     * unless entries from {@code from} on were given back meanwhile: only a floor read after this
     * tells that they were not.
     *
     * @return that index
     */
    long walkToEnd(String journalId, long from, EntryVisitor visitor) throws IOException;

    /** Reads blocks of a journal that another process writes or wrote, by position. */
    JournalReader reader(String journalId);

    /**
     * Gives back the entries below an index, of which the caller knows that no manifest names them:
     * of a journal that is not sealed only its writer may. The tombstone stays.
     */
    void trim(String journalId, long below) throws IOException;

    /** Shows what is kept of the journal that this process writes, from memory, oldest first. */
    void forEachKept(KeptVisitor visitor);

    /** How many entries that are. */
    int storedEntries();

    /** Ids of all journals of which any object is left, in order. */
    List<String> known() throws IOException;

    /**
     * A block in an entry.
     *
     * @param position what {@link JournalReader#read} takes
     * @param length of the block as it is stored, bytes
     */
    record Row(
            ShardKey shard,
            long epoch,
            long firstIndex,
            int count,
            long arrivalMs,
            long position,
            int length) {}

    /** Sees the table of an entry; false if it has seen enough. */
    @FunctionalInterface
    interface KeptVisitor {
        boolean entry(long index, List<Row> rows);
    }

    /** Sees the table of each entry. */
    @FunctionalInterface
    interface EntryVisitor {
        void entry(long index, List<Row> rows);
    }
}
