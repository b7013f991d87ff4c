package io.headrace.store.journal;

import io.headrace.store.object.ObjectStore;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/** The entries of one journal, by index. Any thread may call; every method blocks. */
final class JournalEntries {
    /** Reads the rows of all but the largest entries at once. */
    private static final int FIRST_READ_BYTES = 16 << 10;

    final JournalId id;
    private final ObjectStore store;
    private final EntryStarts starts;

    JournalEntries(ObjectStore store, EntryStarts starts, JournalId id) {
        this.store = store;
        this.starts = starts;
        this.id = id;
    }

    static String prefix(JournalId id) {
        return "journal/" + id + "/entry/";
    }

    static String name(JournalId id, long index) {
        return "%s%019d".formatted(prefix(id), index);
    }

    String name(long index) {
        return name(id, index);
    }

    /** False if there is something under the entry's name already. */
    boolean create(long index, ByteBuffer... content) throws IOException {
        return store.createIfAbsent(name(index), content);
    }

    void delete(long index) throws IOException {
        store.delete(name(index));
    }

    /** What stands at an index, entry or tombstone. */
    Optional<EntryFormat.Head> head(long index) throws IOException {
        var name = name(index);
        try {
            var start = store.readUpTo(name, 0, FIRST_READ_BYTES);
            starts.put(id, index, start);
            int bytes = EntryFormat.headBytes(name, start);
            var head = bytes <= start.remaining() ? start : store.read(name, 0, bytes);
            return Optional.of(EntryFormat.read(name, id, index, head));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Bytes of an entry, unchecked. */
    ByteBuffer read(long index, int offset, int length) throws IOException {
        var known = starts.get(id, index, offset, length);
        if (known != null) {
            return known;
        }
        try {
            return store.read(name(index), offset, length);
        } catch (NoSuchFileException | EOFException e) {
            var gone = new EntryGoneException("no such bytes in " + name(index));
            gone.initCause(e);
            throw gone;
        }
    }
}
