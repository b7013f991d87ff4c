package io.headrace.store.journal;

import io.headrace.store.journal.JournalDisk.JournalFile;
import io.headrace.store.journal.JournalFiles.Part;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.record.Block;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.OptionalLong;

/**
 * Finds out which entries of a journal that was left behind count. The entries from its floor on
 * that follow each other without a gap do. What is missing behind them is a torn tail, unless
 * something proves that it was durable once: a later frame's {@code durableBefore}, or the seal.
 * Then the disk has lost or changed data, and nothing is decided here: recovery refuses and names
 * the place.
 *
 * <p>Entries that nothing proves durable, but that are there, are written once more before they are
 * synced and the journal is sealed behind them: after a failed sync a disk cache can hold bytes
 * that look stored and are not. For one thread, one run.
 */
final class JournalRecovery {
    private final JournalId id;
    private final JournalFiles files;
    private final JournalDisk disk;
    private final ObjectStore objects;
    private final NavigableMap<Integer, String> names;
    private final Scratch scratch;

    private final List<Found> found = new ArrayList<>();
    private long provenBefore;

    /** A frame of which the checksum is right. */
    private record Found(int file, int offset, Frame frame) {}

    JournalRecovery(
            JournalId id,
            JournalFiles files,
            JournalDisk disk,
            ObjectStore objects,
            NavigableMap<Integer, String> names,
            Scratch scratch) {
        this.id = id;
        this.files = files;
        this.disk = disk;
        this.objects = objects;
        this.names = names;
        this.scratch = scratch;
    }

    /** Returns how many entries count; after this they can be read through the files. */
    long run(Journals.BlockVisitor visitor) throws IOException {
        long floor = JournalObjects.floorOf(objects, id);
        var seal = JournalObjects.sealOf(objects, id);
        provenBefore = Math.max(floor, seal.orElse(0));
        for (var name : names.entrySet()) {
            scan(name.getKey(), name.getValue());
        }
        var counted = countedFrom(floor, seal);
        long entries = counted.isEmpty() ? floor : counted.getLast().frame().entry() + 1;
        entries = Math.max(entries, seal.orElse(0));
        load(counted, entries, visitor);
        long sealed = JournalObjects.seal(objects, id, entries);
        if (sealed != entries) {
            throw new DamagedJournalException(
                    "journal %s holds %d entries, but was sealed at %d"
                            .formatted(id, entries, sealed));
        }
        files.sealedAt(sealed);
        return sealed;
    }

    /** Collects the undamaged frames of one file. */
    private void scan(int sequence, String name) throws IOException {
        try (var file = disk.open(name)) {
            var bytes = scratch.contentOf(file);
            int offset = 0;
            while (offset < bytes.limit()) {
                var frame = Frame.at(bytes, offset, id, sequence);
                if (frame.isPresent()) {
                    found.add(new Found(sequence, offset, frame.get()));
                    provenBefore = Math.max(provenBefore, frame.get().durableBefore());
                    offset += (int) frame.get().extent();
                } else {
                    offset += Frame.ALIGNMENT;
                }
            }
        }
    }

    /** The entries that count, from the floor on without a gap. */
    private List<Found> countedFrom(long floor, OptionalLong seal) throws IOException {
        long end = seal.orElse(Long.MAX_VALUE);
        var counted = new ArrayList<Found>();
        long next = floor;
        for (var candidate : found) {
            var frame = candidate.frame();
            if (frame.kind() != Frame.ENTRY || frame.entry() < floor) {
                continue;
            }
            if (next == end || frame.entry() != next) {
                break;
            }
            counted.add(candidate);
            next++;
        }
        if (next < Math.min(provenBefore, end)) {
            throw new DamagedJournalException(
                    "entry %d of the journal was durable and is damaged or missing: %s. %s"
                            .formatted(
                                    next,
                                    whereMissing(counted),
                                    "Restore the file from a copy, or move the data directory away"
                                            + " to start empty; nothing was changed."));
        }
        return counted;
    }

    private String whereMissing(List<Found> counted) {
        if (counted.isEmpty()) {
            return "file %s offset 0".formatted(names.firstEntry().getValue());
        }
        var last = counted.getLast();
        long offset = last.offset() + last.frame().extent();
        var following = found.indexOf(last) + 1;
        // Marks that stand between are undamaged too.
        for (var frame : found.subList(following, found.size())) {
            if (frame.file() != last.file() || frame.offset() != offset) {
                break;
            }
            offset += frame.frame().extent();
        }
        return "file %s offset %d".formatted(names.get(last.file()), offset);
    }

    /** Opens the files, makes what counts durable, and shows its blocks. */
    private void load(List<Found> counted, long entries, Journals.BlockVisitor visitor)
            throws IOException {
        int at = 0;
        for (var name : names.entrySet()) {
            int sequence = name.getKey();
            var file = disk.open(name.getValue());
            long firstEntry = at < counted.size() ? counted.get(at).frame().entry() : entries;
            files.add(new Part(sequence, name.getValue(), file, firstEntry));
            if (at >= counted.size() || counted.get(at).file() != sequence) {
                continue;
            }
            var bytes = scratch.contentOf(file);
            for (; at < counted.size() && counted.get(at).file() == sequence; at++) {
                var entry = counted.get(at);
                if (entry.frame().entry() >= provenBefore) {
                    int length = (int) entry.frame().extent();
                    file.write(bytes.slice(entry.offset(), length), entry.offset());
                }
                visit(entry, bytes, visitor);
            }
            file.sync();
        }
    }

    private void visit(Found entry, ByteBuffer bytes, Journals.BlockVisitor visitor) {
        int start = entry.offset() + Frame.HEADER_BYTES;
        var body = bytes.duplicate().position(start).limit(start + entry.frame().bodyLength());
        while (body.hasRemaining()) {
            int offset = body.position();
            var block = Block.read(body);
            files.retain(entry.file(), 1);
            visitor.block(
                    files,
                    entry.frame().entry(),
                    JournalFiles.position(entry.file(), offset),
                    block);
        }
    }

    /** The one buffer that every file is read into; its bytes count until the next file. */
    static final class Scratch {
        private ByteBuffer bytes = ByteBuffer.allocateDirect(0);

        private ByteBuffer contentOf(JournalFile file) throws IOException {
            int size = file.size();
            if (bytes.capacity() < size) {
                bytes = ByteBuffer.allocateDirect(size);
            }
            bytes.clear().limit(size);
            file.read(bytes, 0);
            return bytes.flip();
        }
    }
}
