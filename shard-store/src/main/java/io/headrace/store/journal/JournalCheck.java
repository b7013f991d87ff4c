package io.headrace.store.journal;

import io.headrace.store.journal.SharedJournals.EntryVisitor;
import io.headrace.store.journal.SharedJournals.Row;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.VersionedObject;
import io.headrace.store.record.Block;
import io.headrace.store.record.DamagedBlockException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Reads whole journals of a shared store, every block of every entry, and tells what is wrong with
 * them; ends nothing and changes nothing, also while they are written and trimmed. Any thread may
 * call; every method blocks.
 */
public final class JournalCheck {
    /** A writer never has as many entries under way: below so many later ones, one was lost. */
    private static final int UNDER_WAY_MAX = 64;

    private final ObjectStore store;

    /** Where findings go. */
    public interface Findings {
        void damage(String where, String what);

        /** Something that only takes room. */
        void unneeded(String where, String what);
    }

    /**
     * How far a journal goes.
     *
     * @param floor entries below it may be gone
     * @param end its entries {@code [floor, end)} count
     * @param isSealed false if its writer may still append at {@code end}
     */
    public record Extent(long floor, long end, boolean isSealed) {}

    public JournalCheck(ObjectStore store) {
        this.store = store;
    }

    /** Whether there ever was a journal of this id: what begins one stays for good. */
    public boolean isKnown(String journalId) throws IOException {
        return VersionedObject.newestNumber(store, "journal/" + journalId + "/floor/").isPresent();
    }

    /** Entries below the floor of a journal at its end, left by who died while he trimmed it. */
    public List<String> leftBehind(String journalId) throws IOException {
        var id = JournalId.parse(journalId);
        var left = new ArrayList<String>();
        if (JournalObjects.sealOf(store, id).isEmpty()) {
            return left;
        }
        long floor = JournalObjects.floorOf(store, id);
        var entries = new JournalEntries(store, new EntryStarts(0), id);
        var prefix = JournalEntries.prefix(id);
        for (var name : store.list(prefix)) {
            var digits = name.substring(prefix.length());
            if (digits.matches("[0-9]{19}") && Long.parseLong(digits) < floor) {
                var head = entries.head(Long.parseLong(digits));
                // A tombstone never goes, not even one that does not count.
                if (head.isPresent() && !head.get().isTombstone()) {
                    left.add(name);
                }
            }
        }
        return left;
    }

    /**
     * Checks one journal and shows the tables of its entries, also of those with damaged blocks.
     *
     * @throws IOException if the store could not be read
     */
    public Extent check(String journalId, EntryVisitor visitor, Findings findings)
            throws IOException {
        var id = JournalId.parse(journalId);
        long floor;
        OptionalLong seal;
        try {
            floor = JournalObjects.floorOf(store, id);
            seal = JournalObjects.sealOf(store, id);
        } catch (DamagedBlockException | DamagedJournalException e) {
            findings.damage("journal " + journalId, String.valueOf(e.getMessage()));
            return new Extent(0, 0, false);
        }
        if (!isKnown(journalId)) {
            findings.damage("journal " + journalId, "its floor is not there");
        }
        var walk =
                new Walk(
                        new JournalEntries(store, new EntryStarts(0), id),
                        visitor,
                        findings,
                        floor,
                        seal);
        walk.run();
        walk.listed();
        return new Extent(walk.floor, walk.end.orElse(walk.index), walk.end.isPresent());
    }

    /** One pass over a journal. */
    private final class Walk {
        private final JournalEntries entries;
        private final EntryVisitor visitor;
        private final Findings findings;
        private long floor;
        private OptionalLong end;
        private long index;

        Walk(
                JournalEntries entries,
                EntryVisitor visitor,
                Findings findings,
                long floor,
                OptionalLong end) {
            this.entries = entries;
            this.visitor = visitor;
            this.findings = findings;
            this.floor = floor;
            this.end = end;
            this.index = floor;
        }

        void run() throws IOException {
            while (end.isEmpty() || index < end.getAsLong()) {
                var content = store.get(entries.name(index));
                if (content.isPresent()) {
                    if (!entry(content.get())) {
                        return;
                    }
                    index++;
                } else if (!isExplained()) {
                    if (end.isEmpty()) {
                        return;
                    }
                    findings.damage(
                            entries.name(index),
                            "it is missing, and the journal ends at " + end.getAsLong());
                    index++;
                }
            }
        }

        /** True if the walk goes on from elsewhere, or must look again: things move. */
        private boolean isExplained() throws IOException {
            // The marker comes before the first removal, so this tells of everything that is gone.
            long raised = JournalObjects.floorOf(store, entries.id);
            if (raised > floor) {
                floor = raised;
                if (raised > index) {
                    index = raised;
                    return true;
                }
            }
            if (end.isEmpty()) {
                end = JournalObjects.sealOf(store, entries.id);
                return end.isPresent();
            }
            return false;
        }

        /** False at the end. */
        private boolean entry(ByteBuffer content) {
            var name = entries.name(index);
            EntryFormat.Head head;
            try {
                head = EntryFormat.read(name, entries.id, index, content);
            } catch (DamagedBlockException e) {
                findings.damage(name, String.valueOf(e.getMessage()));
                return true;
            }
            if (head.isTombstone()) {
                if (end.isEmpty()) {
                    end = OptionalLong.of(index);
                    return false;
                }
                findings.damage(
                        name, "it is a tombstone, and the journal ends at " + end.getAsLong());
                return true;
            }
            try {
                checkBlocks(content, head.rows());
            } catch (DamagedBlockException e) {
                findings.damage(name, String.valueOf(e.getMessage()));
            }
            visitor.entry(index, head.rows());
            return true;
        }

        /** What else lies there under names of entries. */
        void listed() throws IOException {
            var prefix = JournalEntries.prefix(entries.id);
            long later = 0;
            boolean isNextThere = false;
            var names = store.list(prefix);
            floor = Math.max(floor, JournalObjects.floorOf(store, entries.id));
            for (var name : names) {
                if (!name.substring(prefix.length()).matches("[0-9]{19}")) {
                    continue;
                }
                long at = Long.parseLong(name, prefix.length(), name.length(), 10);
                isNextThere |= at == end.orElse(index);
                if (at < floor) {
                    findings.unneeded(name, "it lies below the journal's floor, " + floor);
                } else if (end.isPresent() && at > end.getAsLong()) {
                    findings.unneeded(name, "it lies behind the journal's end, " + end.getAsLong());
                } else if (end.isEmpty() && at > index) {
                    later++;
                }
            }
            if (end.isPresent()) {
                checkTombstone(end.getAsLong(), isNextThere);
            } else if (!isNextThere && later > 0 && index >= floor) {
                var what = "it is missing, and %d later entries are there".formatted(later);
                if (later > UNDER_WAY_MAX) {
                    findings.damage(entries.name(index), what);
                } else {
                    findings.unneeded(
                            entries.name(index), what + ", under way or never acknowledged");
                }
            }
        }

        private void checkTombstone(long at, boolean isThere) throws IOException {
            var name = entries.name(at);
            try {
                if (!isThere) {
                    findings.damage(name, "the tombstone at the journal's end is missing");
                } else if (!entries.head(at).map(EntryFormat.Head::isTombstone).orElse(false)) {
                    findings.damage(name, "it is no tombstone, and the journal ends there");
                }
            } catch (DamagedBlockException e) {
                findings.damage(name, String.valueOf(e.getMessage()));
            }
        }
    }

    /** That the blocks are those of the table, and all there is. */
    private static void checkBlocks(ByteBuffer content, List<Row> rows) {
        int at = EntryFormat.headBytes(rows.size());
        for (var row : rows) {
            if (EntryFormat.offsetOf(row.position()) != at
                    || row.length() < 0
                    || row.length() > content.remaining() - at) {
                throw new DamagedBlockException("it has no block where its table says: " + row);
            }
            var block = Block.read(content.slice(content.position() + at, row.length()));
            if (block.length() != row.length()
                    || !block.shard().equals(row.shard())
                    || block.epoch() != row.epoch()
                    || block.firstIndex() != row.firstIndex()
                    || block.count() != row.count()
                    || block.arrivalMs() != row.arrivalMs()) {
                throw new DamagedBlockException(
                        "block %s is not the one of its table, %s".formatted(block, row));
            }
            at += row.length();
        }
        if (at != content.remaining()) {
            throw new DamagedBlockException(
                    "it has %d bytes and its blocks end at %d".formatted(content.remaining(), at));
        }
    }
}
