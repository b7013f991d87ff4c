package io.headrace.store.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/** Names the places of a journal that is only looked at. */
record InspectedJournal(JournalId journal) implements JournalReader {
    @Override
    public String id() {
        return journal.toString();
    }

    @Override
    public ByteBuffer read(long position, int length) throws IOException {
        throw new IOException(describe(position) + " is only inspected");
    }

    @Override
    public String describe(long position) {
        return JournalFiles.describe(journal, position);
    }

    @Override
    public void release(long position) {
        // Nothing is given back.
    }

    @Override
    public OptionalLong oldestEnd() {
        return OptionalLong.empty();
    }

    @Override
    public long trim() {
        return 0;
    }
}
