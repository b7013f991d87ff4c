package io.headrace.store.journal;

import io.headrace.store.file.AlignedBuffers;
import io.headrace.store.journal.JournalDisk.JournalFile;
import io.headrace.store.object.ObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;

/**
 * Finds out which entries of a journal that was left behind count, and changes nothing. The entries
 * from its floor on that follow each other without a gap do. What is missing behind them is a torn
 * tail, unless something proves that it was durable once: a later frame's {@code durableBefore}, or
 * the seal. For one thread.
 */
final class JournalScan {
    private final JournalId id;
    private final NavigableMap<Integer, String> names;
    private final List<Found> found = new ArrayList<>();
    private List<Found> counted = List.of();
    private long provenBefore;
    private long entries;

    /** A frame of which the checksum is right. */
    record Found(int file, int offset, Frame frame) {}

    private JournalScan(JournalId id, NavigableMap<Integer, String> names) {
        this.id = id;
        this.names = names;
    }

    /**
     * @param names the journal's files by their sequence
     * @throws DamagedJournalException if an entry that was durable is damaged or missing
     */
    static JournalScan of(
            JournalId id,
            NavigableMap<Integer, String> names,
            JournalDisk disk,
            ObjectStore objects,
            Scratch scratch)
            throws IOException {
        var scan = new JournalScan(id, names);
        long floor = JournalObjects.floorOf(objects, id);
        long seal = JournalObjects.sealOf(objects, id).orElse(-1);
        scan.provenBefore = Math.max(floor, seal);
        for (var name : names.entrySet()) {
            try (var file = disk.open(name.getValue())) {
                scan.collect(name.getKey(), scratch.contentOf(file));
            }
        }
        scan.count(floor, seal < 0 ? Long.MAX_VALUE : seal);
        return scan;
    }

    /** How many entries count, from 0 on. */
    long entries() {
        return entries;
    }

    /** Every entry below was durable when something was written later. */
    long provenBefore() {
        return provenBefore;
    }

    /** The entries that count and are still kept. */
    List<Found> counted() {
        return List.copyOf(counted);
    }

    private void collect(int sequence, ByteBuffer bytes) throws IOException {
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

    private void count(long floor, long end) throws IOException {
        var inOrder = new ArrayList<Found>();
        long next = floor;
        for (var candidate : found) {
            var frame = candidate.frame();
            if (frame.kind() != Frame.ENTRY || frame.entry() < floor) {
                continue;
            }
            if (next >= end || frame.entry() != next) {
                break;
            }
            inOrder.add(candidate);
            next++;
        }
        if (next < Math.min(provenBefore, end)) {
            throw new DamagedJournalException(
                    "entry %d of the journal was durable and is damaged or missing: %s. %s"
                            .formatted(
                                    next,
                                    whereMissing(inOrder),
                                    "Restore the file from a copy, or move the data directory away"
                                            + " to start empty; nothing was changed."));
        }
        counted = inOrder;
        entries = next;
    }

    private String whereMissing(List<Found> before) {
        if (before.isEmpty()) {
            return "file %s offset 0".formatted(names.firstEntry().getValue());
        }
        var last = before.getLast();
        long offset = last.offset() + last.frame().extent();
        // Marks that stand behind it are undamaged too.
        for (var frame : found.subList(found.indexOf(last) + 1, found.size())) {
            if (frame.file() != last.file() || frame.offset() != offset) {
                break;
            }
            offset += frame.frame().extent();
        }
        return "file %s offset %d".formatted(names.get(last.file()), offset);
    }

    /** The one buffer that every file is read into; its bytes count until the next file. */
    static final class Scratch {
        private ByteBuffer bytes = AlignedBuffers.allocate(0);

        ByteBuffer contentOf(JournalFile file) throws IOException {
            int size = file.size();
            if (bytes.capacity() < size) {
                bytes = AlignedBuffers.allocate(size);
            }
            bytes.clear().limit(size);
            file.read(bytes, 0);
            return bytes.flip();
        }
    }
}
