package io.headrace.store.journal;

import io.headrace.store.object.ObjectStore;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The files of one journal, oldest first, and how many blocks in each are still needed. A position
 * is the file's sequence (high 32 bits) and the offset of the block in it (low 32). Any thread may
 * read and release; one thread at a time trims.
 */
final class JournalFiles implements JournalReader {
    private final JournalId id;
    private final SpareFiles spares;
    private final ObjectStore objects;
    private final NavigableMap<Integer, Part> parts = new ConcurrentSkipListMap<>();
    private volatile boolean sealed;
    private volatile long sealedEntries;

    JournalFiles(JournalId id, SpareFiles spares, ObjectStore objects) {
        this.id = id;
        this.spares = spares;
        this.objects = objects;
    }

    /** One file; {@code live} counts the blocks in it that were not released yet. */
    record Part(
            int sequence,
            String name,
            JournalDisk.JournalFile file,
            long firstEntry,
            AtomicLong live) {
        Part(int sequence, String name, JournalDisk.JournalFile file, long firstEntry) {
            this(sequence, name, file, firstEntry, new AtomicLong());
        }
    }

    static long position(int sequence, int offset) {
        return (long) sequence << 32 | offset;
    }

    static int sequenceOf(long position) {
        return (int) (position >>> 32);
    }

    static long offsetOf(long position) {
        return position & 0xffff_ffffL;
    }

    @Override
    public String id() {
        return id.toString();
    }

    JournalId journalId() {
        return id;
    }

    void add(Part part) {
        parts.put(part.sequence(), part);
    }

    /** From now on the last file may be given back too. */
    void sealedAt(long entries) {
        sealedEntries = entries;
        sealed = true;
    }

    void retain(int sequence, int blocks) {
        part(sequence).live().addAndGet(blocks);
    }

    @Override
    public void release(long position) {
        part(sequenceOf(position)).live().decrementAndGet();
    }

    @Override
    public ByteBuffer read(long position, int length) throws IOException {
        var part = parts.get(sequenceOf(position));
        if (part == null) {
            throw new FileNotFoundException(describe(position) + " was given back");
        }
        var target = ByteBuffer.allocate(length);
        part.file().read(target, offsetOf(position));
        return target.flip();
    }

    @Override
    public String describe(long position) {
        return describe(id, position);
    }

    static String describe(JournalId id, long position) {
        return SpareFiles.nameOf(id, sequenceOf(position)) + " offset " + offsetOf(position);
    }

    @Override
    public OptionalLong oldestEnd() {
        var first = parts.firstEntry();
        return first == null || (!sealed && parts.higherEntry(first.getKey()) == null)
                ? OptionalLong.empty()
                : OptionalLong.of(position(first.getKey() + 1, 0));
    }

    @Override
    public long trim() throws IOException {
        return trim(Long.MAX_VALUE);
    }

    /**
     * Gives files back.
     *
     * @param durableBefore of a journal that is still written: what lies above may end up behind
     *     its seal, and a floor above the seal would look like loss
     */
    long trim(long durableBefore) throws IOException {
        var done = new ArrayList<Part>();
        long floor = -1;
        for (Map.Entry<Integer, Part> entry : parts.entrySet()) {
            var next = parts.higherEntry(entry.getKey());
            boolean isLast = next == null;
            if (entry.getValue().live().get() != 0 || (isLast && !sealed)) {
                break;
            }
            long end = isLast ? sealedEntries : next.getValue().firstEntry();
            if (!sealed && end > durableBefore) {
                break;
            }
            done.add(entry.getValue());
            floor = sealed ? Math.min(end, sealedEntries) : end;
        }
        if (done.isEmpty()) {
            return 0;
        }
        // The floor is durable before the first file goes: a file that is missing above it was
        // lost, not given back.
        JournalObjects.raiseFloor(objects, id, floor);
        long bytes = 0;
        for (var part : done) {
            bytes += part.file().size();
            parts.remove(part.sequence());
            part.file().close();
            spares.giveBack(part.name());
        }
        return bytes;
    }

    /** Gives back the files of a sealed journal behind its last entry: a start needs the room. */
    void giveBackUnused() throws IOException {
        for (var last = parts.lastEntry();
                last != null
                        && last.getValue().firstEntry() >= sealedEntries
                        && last.getValue().live().get() == 0;
                last = parts.lastEntry()) {
            var part = last.getValue();
            parts.remove(part.sequence());
            part.file().close();
            spares.giveBack(part.name());
        }
    }

    void close() throws IOException {
        for (var part : parts.values()) {
            part.file().close();
        }
    }

    private Part part(int sequence) {
        var part = parts.get(sequence);
        if (part == null) {
            throw new IllegalStateException(
                    "file " + sequence + " of journal " + id + " was given back too early");
        }
        return part;
    }
}
