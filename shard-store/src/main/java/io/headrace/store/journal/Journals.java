package io.headrace.store.journal;

import io.headrace.store.record.Block;
import java.io.IOException;
import java.util.List;

/** Where journals are begun and found again. For one thread at a time. */
public interface Journals {
    /**
     * Ends every journal that was left behind and walks what it holds, in order, block by block.
     *
     * @throws DamagedJournalException if an entry that was durable is damaged or gone
     */
    List<SealedJournal> recover(BlockVisitor visitor) throws IOException;

    /** Begins a journal under a new random id. */
    Journal begin() throws IOException;

    /** Bytes on disk of all journals that are not given back; any thread. */
    long storedBytes();

    /** A journal at its end: entries {@code [0, entries)} count. */
    record SealedJournal(JournalReader reader, long entries) {}

    /** Sees each block of a journal; its bytes are gone after the call. */
    @FunctionalInterface
    interface BlockVisitor {
        void block(JournalReader journal, long entry, long position, Block block);
    }
}
