package io.headrace.store.journal;

import io.headrace.store.Ticker;
import io.headrace.store.object.ObjectStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Journals as objects of a store that several processes share. Fencing and agreement rest on
 * create-if-absent alone: a journal is ended by a tombstone at the first index where there is
 * nothing, from its floor on, and the writer finds it there instead of room for its next entry.
 */
public final class ObjectJournals implements SharedJournals {
    /** Entries looked at together; a journal has thousands. */
    private static final int READ_AHEAD = 32;

    private final ObjectStore store;
    private final Seams seams;
    private final Settings settings;
    private final Rules rules;
    private final EntryStarts starts;

    /** Where to go on giving entries back that were to go and may still be there. */
    private final Map<JournalId, Long> undeletedFrom = new ConcurrentHashMap<>();

    private volatile @Nullable ObjectJournal current;

    /**
     * What it is given.
     *
     * @param writes runs a write of an entry, which blocks until it is settled
     * @param reads runs reads of entries
     * @param random source of ids and nonces; safe for use by several threads
     * @param signals makes the place where a journal's threads wait for each other
     */
    public record Seams(
            Executor writes,
            Executor reads,
            RandomGenerator random,
            Ticker ticker,
            Supplier<Signal> signals) {}

    /**
     * How it writes.
     *
     * @param entryBytesMax largest sum of block lengths of an entry, below 256 MiB
     * @param giveUpNanos how long an unclear write is sent again before the journal ends
     * @param startBytesMax kept of entries that were read for their tables
     */
    public record Settings(int entryBytesMax, long giveUpNanos, long startBytesMax) {}

    public ObjectJournals(ObjectStore store, Seams seams, Settings settings, Rules rules) {
        this.store = store;
        this.seams = seams;
        this.settings = settings;
        this.rules = rules;
        this.starts = new EntryStarts(settings.startBytesMax());
    }

    private JournalEntries entriesOf(JournalId id) {
        return new JournalEntries(store, starts, id);
    }

    @Override
    public List<SealedJournal> recover(BlockVisitor visitor) {
        return List.of();
    }

    @Override
    public Journal begin() throws IOException {
        var before = current;
        var id = JournalId.random(seams.random());
        long first = 0;
        if (before != null && !rules.hold(Rule.NEW_JOURNAL_ID)) {
            id = JournalId.parse(before.id());
            first = lastListed(id) + 1;
        }
        // It is known from here on, so that whoever seals it finds where to begin.
        JournalObjects.begin(store, id);
        var journal =
                new ObjectJournal(
                        this,
                        entriesOf(id),
                        new ObjectJournal.Parts(
                                seams.writes(),
                                seams.random(),
                                seams.ticker(),
                                rules,
                                settings.entryBytesMax(),
                                settings.giveUpNanos()),
                        seams.signals().get(),
                        first);
        current = journal;
        return journal;
    }

    /** Of the journal that is written now. */
    @Override
    public long storedBytes() {
        var journal = current;
        return journal == null ? 0 : journal.keptBytes();
    }

    @Override
    public int storedEntries() {
        var journal = current;
        return journal == null ? 0 : journal.keptEntries();
    }

    @Override
    public void forEachKept(KeptVisitor visitor) {
        var journal = current;
        if (journal != null) {
            journal.forEachKept(visitor);
        }
    }

    @Override
    public long seal(String journalId) throws IOException {
        var id = JournalId.parse(journalId);
        var known = JournalObjects.sealOf(store, id);
        return known.isPresent() ? known.getAsLong() : end(id, (index, rows) -> {});
    }

    @Override
    public long seal(String journalId, EntryVisitor visitor) throws IOException {
        var id = JournalId.parse(journalId);
        var known = JournalObjects.sealOf(store, id);
        if (known.isPresent()) {
            walk(journalId, JournalObjects.floorOf(store, id), known.getAsLong(), visitor);
            return known.getAsLong();
        }
        return end(id, visitor);
    }

    private long end(JournalId id, EntryVisitor visitor) throws IOException {
        var journal = current;
        if (!rules.hold(Rule.SEAL_OWN) && journal != null && journal.id().equals(id.toString())) {
            return walkToEnd(entriesOf(id), JournalObjects.floorOf(store, id), visitor);
        }
        long sealed = endAtFirstMissing(entriesOf(id), visitor);
        // It can be nowhere else, so whoever comes next need not look for it.
        return JournalObjects.seal(store, id, sealed);
    }

    private long endAtFirstMissing(JournalEntries entries, EntryVisitor visitor)
            throws IOException {
        while (true) {
            long from = JournalObjects.floorOf(store, entries.id);
            long begin =
                    rules.hold(Rule.SEAL_AT_FIRST_MISSING)
                            ? from
                            : Math.max(from, lastListed(entries.id) + 1);
            var met = new ArrayList<List<Row>>();
            long at = createTombstone(entries, begin, met);
            // A floor above it: the writer had trimmed there, and writes further on.
            if (!rules.hold(Rule.FLOOR_AGAIN) || JournalObjects.floorOf(store, entries.id) <= at) {
                for (int i = 0; i < met.size(); i++) {
                    visitor.entry(begin + i, met.get(i));
                }
                return at;
            }
        }
    }

    /**
     * Walks upward until a tombstone stands, ours or another's.
     *
     * @param met takes what stands in each entry on the way
     */
    private long createTombstone(JournalEntries entries, long from, List<List<Row>> met)
            throws IOException {
        long index = walkToEnd(entries, from, (at, rows) -> met.add(rows));
        while (true) {
            var found = entries.head(index);
            if (found.isEmpty()) {
                var tombstone = EntryFormat.tombstone(entries.id, index, seams.random().nextLong());
                try {
                    if (entries.create(index, tombstone)) {
                        return index;
                    }
                } catch (IOException e) {
                    // It may stand all the same, as may anything else.
                    if (entries.head(index).isEmpty()) {
                        throw e;
                    }
                }
            } else if (found.get().isTombstone()) {
                return index;
            } else {
                met.add(found.get().rows());
                index++;
            }
        }
    }

    /** Shows entries up to the first index at which none stands, which it returns. */
    private long walkToEnd(JournalEntries entries, long from, EntryVisitor visitor)
            throws IOException {
        for (long index = from; ; index += READ_AHEAD) {
            var heads = heads(entries, index, index + READ_AHEAD);
            for (int i = 0; i < heads.size(); i++) {
                if (heads.get(i).isEmpty() || heads.get(i).get().isTombstone()) {
                    return index + i;
                }
                visitor.entry(index + i, heads.get(i).get().rows());
            }
        }
    }

    /** The highest index listed, -1 if none; what a rule that is switched off goes by. */
    private long lastListed(JournalId id) throws IOException {
        var names = store.list(JournalEntries.prefix(id));
        return names.isEmpty()
                ? -1
                : Long.parseLong(names.getLast().substring(JournalEntries.prefix(id).length()));
    }

    @Override
    public OptionalLong sealOf(String journalId) throws IOException {
        return JournalObjects.sealOf(store, JournalId.parse(journalId));
    }

    @Override
    public long floor(String journalId) throws IOException {
        return JournalObjects.floorOf(store, JournalId.parse(journalId));
    }

    @Override
    public void walk(String journalId, long from, long to, EntryVisitor visitor)
            throws IOException {
        var entries = entriesOf(JournalId.parse(journalId));
        boolean bounded = rules.hold(Rule.READ_BELOW_SEAL);
        long end = bounded ? to : Math.max(to, lastListed(entries.id) + 1);
        for (long index = from; index < end; index += READ_AHEAD) {
            var heads = heads(entries, index, Math.min(end, index + READ_AHEAD));
            for (int i = 0; i < heads.size(); i++) {
                var head = heads.get(i);
                if (bounded && (head.isEmpty() || head.get().isTombstone())) {
                    throw new EntryGoneException(entries.name(index + i) + " is not there");
                }
                if (head.isPresent()) {
                    visitor.entry(index + i, head.get().rows());
                }
            }
        }
    }

    @Override
    public long walkToEnd(String journalId, long from, EntryVisitor visitor) throws IOException {
        return walkToEnd(entriesOf(JournalId.parse(journalId)), from, visitor);
    }

    /** What stands at {@code [from, to)}, read at once. */
    private List<Optional<EntryFormat.Head>> heads(JournalEntries entries, long from, long to)
            throws IOException {
        return inParallel(from, to, entries::head);
    }

    /** Something that is done with one entry. */
    private interface Task<T> {
        T at(long index) throws IOException;
    }

    private <T> List<T> inParallel(long from, long to, Task<T> task) throws IOException {
        var running = new ArrayList<CompletableFuture<T>>();
        for (long index = from; index < to; index++) {
            long at = index;
            var one = new CompletableFuture<T>();
            running.add(one);
            try {
                seams.reads()
                        .execute(() -> {
                            try {
                                one.complete(task.at(at));
                            } catch (IOException | RuntimeException | Error e) {
                                one.completeExceptionally(e);
                            }
                        });
            } catch (RejectedExecutionException e) {
                one.completeExceptionally(e);
            }
        }
        var results = new ArrayList<T>();
        for (var one : running) {
            results.add(result(one));
        }
        return results;
    }

    private static <T> T result(CompletableFuture<T> read) throws IOException {
        try {
            return read.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case IOException failed -> throw failed;
                case RuntimeException bug -> throw bug;
                case Error error -> throw error;
                case null, default -> throw e;
            }
        }
    }

    @Override
    public JournalReader reader(String journalId) {
        return new EntryReader(entriesOf(JournalId.parse(journalId)));
    }

    @Override
    public void trim(String journalId, long below) throws IOException {
        var id = JournalId.parse(journalId);
        var entries = entriesOf(id);
        long floor = JournalObjects.floorOf(store, id);
        long from = Math.min(floor, undeletedFrom.getOrDefault(id, floor));
        if (below <= from) {
            return;
        }
        undeletedFrom.put(id, from);
        if (rules.hold(Rule.FLOOR_FIRST) && below > floor) {
            raiseFloor(id, below);
        }
        for (long index = from; index < below; index += READ_AHEAD) {
            inParallel(
                    index,
                    Math.min(below, index + READ_AHEAD),
                    at -> {
                        entries.delete(at);
                        return at;
                    });
        }
        if (!rules.hold(Rule.FLOOR_FIRST)) {
            raiseFloor(id, below);
        }
        if (!rules.hold(Rule.KEEP_TOMBSTONES)) {
            var sealed = JournalObjects.sealOf(store, id);
            if (sealed.isPresent() && sealed.getAsLong() == below) {
                entries.delete(below);
            }
        }
        undeletedFrom.remove(id);
        var journal = current;
        if (journal != null && journal.id().equals(journalId)) {
            journal.trimmed(below);
        }
    }

    private void raiseFloor(JournalId id, long floor) throws IOException {
        JournalObjects.raiseFloor(store, id, floor);
        if (JournalObjects.floorOf(store, id) < floor) {
            throw new IOException("the floor of journal " + id + " could not be raised");
        }
    }

    @Override
    public List<String> known() throws IOException {
        return JournalObjects.known(store).stream().map(JournalId::toString).toList();
    }
}
