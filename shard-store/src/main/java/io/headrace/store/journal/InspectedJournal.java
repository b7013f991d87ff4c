package io.headrace.store.journal;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A journal that is only looked at.
 *
 * @param names of its files, by their sequence
 */
record InspectedJournal(JournalId journal, JournalDisk disk, Map<Integer, String> names)
        implements JournalReader {
    InspectedJournal {
        names = Map.copyOf(names);
    }

    @Override
    public String id() {
        return journal.toString();
    }

    @Override
    public ByteBuffer read(long position, int length) throws IOException {
        var name = names.get(JournalFiles.sequenceOf(position));
        if (name == null) {
            throw new FileNotFoundException(describe(position) + " is not there");
        }
        try (var file = disk.open(name)) {
            var target = ByteBuffer.allocate(length);
            file.read(target, JournalFiles.offsetOf(position));
            return target.flip();
        }
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
