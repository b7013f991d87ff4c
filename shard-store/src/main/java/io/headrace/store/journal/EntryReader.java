package io.headrace.store.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/** Reads a journal that another process writes or wrote; gives nothing back. */
final class EntryReader implements JournalReader {
    private final JournalEntries entries;

    EntryReader(JournalEntries entries) {
        this.entries = entries;
    }

    @Override
    public String id() {
        return entries.id.toString();
    }

    @Override
    public ByteBuffer read(long position, int length) throws IOException {
        return entries.read(EntryFormat.indexOf(position), EntryFormat.offsetOf(position), length);
    }

    @Override
    public String describe(long position) {
        return "byte %d of %s"
                .formatted(
                        EntryFormat.offsetOf(position),
                        entries.name(EntryFormat.indexOf(position)));
    }

    @Override
    public void release(long position) {}

    @Override
    public OptionalLong oldestEnd() {
        return OptionalLong.empty();
    }

    @Override
    public long trim() {
        return 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EntryReader reader && reader.id().equals(id());
    }

    @Override
    public int hashCode() {
        return id().hashCode();
    }
}
