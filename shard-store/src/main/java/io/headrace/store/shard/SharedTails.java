package io.headrace.store.shard;

import io.headrace.store.ShardKey;
import io.headrace.store.journal.EntryGoneException;
import io.headrace.store.journal.SharedJournals;
import io.headrace.store.journal.SharedJournals.Row;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.VersionedObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the journals on a shared store hold, while nodes write, trim and end them. A journal that is
 * still written is read up to the first entry that is not there yet: whatever was acknowledged
 * before lies below, if nothing was given back meanwhile.
 */
public final class SharedTails implements Tails {
    private static final int ATTEMPTS_MAX = 8;

    private final ObjectStore objects;
    private final SharedJournals journals;
    private final ParallelTasks workers;

    public SharedTails(ObjectStore objects, SharedJournals journals, ParallelTasks workers) {
        this.objects = objects;
        this.journals = journals;
        this.workers = workers;
    }

    /**
     * What is asked of a journal.
     *
     * @param to entries of [from, to) must be there, unless they were given back
     * @param isOpen whether all are asked for that are there
     */
    private record Wanted(String journal, long from, long to, boolean isOpen) {
        static Wanted of(JournalRange range) {
            return new Wanted(
                    range.journalId(), range.from(), range.to().orElse(0), range.to().isEmpty());
        }

        Wanted and(Wanted other) {
            return new Wanted(
                    journal,
                    Math.min(from, other.from),
                    Math.max(to, other.to),
                    isOpen || other.isOpen);
        }
    }

    private record Found(long entry, Row row) {}

    /**
     * What stands in a journal.
     *
     * @param floor nothing at or above it was given back before the walk was over
     */
    private record Walked(long floor, Map<ShardKey, List<Found>> rows) {}

    @Override
    public Map<ShardKey, RecoveredBlocks> of(Collection<Manifest> manifests) throws IOException {
        var wanted = new TreeMap<String, Wanted>();
        for (var manifest : manifests) {
            for (var range : manifest.ranges()) {
                if (!isEmpty(range)) {
                    wanted.merge(range.journalId(), Wanted.of(range), Wanted::and);
                }
            }
        }
        var walks =
                workers.all(List.copyOf(wanted.values()), this::walk, ParallelTasks.Done.UNHEARD)
                        .iterator();
        var walked = new HashMap<String, Optional<Walked>>();
        wanted.keySet().forEach(journal -> walked.put(journal, walks.next()));
        var found =
                workers.all(
                        List.copyOf(manifests),
                        manifest -> tail(manifest, walked),
                        ParallelTasks.Done.UNHEARD);
        var tails = new HashMap<ShardKey, RecoveredBlocks>();
        int at = 0;
        for (var manifest : manifests) {
            found.get(at++).ifPresent(tail -> tails.put(manifest.shard(), tail));
        }
        return tails;
    }

    private static boolean isEmpty(JournalRange range) {
        return range.to().isPresent() && range.to().getAsLong() == range.from();
    }

    /** Empty if the journal is given back faster than it can be read. */
    private Optional<Walked> walk(Wanted wanted) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            long floor = journals.floor(wanted.journal());
            // An end may lie below where a range begins whose owner died before it was reached.
            long from = wanted.isOpen() ? floor : Math.max(wanted.from(), floor);
            var rows = new HashMap<ShardKey, List<Found>>();
            SharedJournals.EntryVisitor visitor =
                    (entry, entryRows) ->
                            entryRows.forEach(row ->
                                    rows.computeIfAbsent(row.shard(), key -> new ArrayList<>(2))
                                            .add(new Found(entry, row)));
            try {
                if (wanted.isOpen()) {
                    long end = journals.walkToEnd(wanted.journal(), from, visitor);
                    if (end < wanted.to()) {
                        throw new EntryGoneException(
                                "entry %d of journal %s is not there"
                                        .formatted(end, wanted.journal()));
                    }
                } else if (from < wanted.to()) {
                    journals.walk(wanted.journal(), from, wanted.to(), visitor);
                }
            } catch (EntryGoneException e) {
                // Given back meanwhile, or missing: the floor tells.
                if (journals.floor(wanted.journal()) <= from) {
                    throw e;
                }
                continue;
            }
            // Had entries gone below the walk, their place would have looked like the end.
            if (journals.floor(wanted.journal()) <= from) {
                return Optional.of(new Walked(floor, rows));
            }
        }
        return Optional.empty();
    }

    /** Empty if what the manifest names may have been given back, because a newer one does not. */
    private Optional<RecoveredBlocks> tail(Manifest manifest, Map<String, Optional<Walked>> walked)
            throws IOException {
        var blocks = new RecoveredBlocks();
        boolean isWhole = true;
        for (var range : manifest.ranges()) {
            if (isEmpty(range)) {
                continue;
            }
            var journal = walked.getOrDefault(range.journalId(), Optional.empty());
            if (journal.isEmpty()) {
                return Optional.empty();
            }
            isWhole &= journal.get().floor() <= range.from();
            var run = new BlockIndex.Run(journals.reader(range.journalId()), range.epoch());
            for (var found : journal.get().rows().getOrDefault(manifest.shard(), List.of())) {
                if (range.names(range.journalId(), found.entry(), found.row().epoch())) {
                    blocks.add(run, found.entry(), found.row());
                }
            }
        }
        // Below a floor may lie what others wrote: then it is still the newest.
        return isWhole || isNewest(manifest) ? Optional.of(blocks) : Optional.empty();
    }

    private boolean isNewest(Manifest manifest) throws IOException {
        var newest = VersionedObject.newestNumber(objects, Manifest.prefix(manifest.shard()));
        return newest.isPresent() && newest.getAsLong() == manifest.version();
    }
}
