package io.headrace.store.shard;

import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.StoreEvents;
import io.headrace.store.journal.EntryGoneException;
import io.headrace.store.journal.Journal;
import io.headrace.store.journal.Rule;
import io.headrace.store.journal.SharedJournals;
import io.headrace.store.journal.SharedJournals.Row;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.record.DamagedBlockException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Gives back the oldest entries of journals on a shared store: those of which no manifest of any
 * shard in them names a block. A manifest that once stopped naming an entry never names it again,
 * and neither does a later one; an older one only keeps more. For the maintenance thread.
 */
final class EntryTrimmer {
    /** Fewer are not worth the marker that comes first. */
    private static final int ENTRIES_MIN = 16;

    private final SharedJournals journals;
    private final ObjectStore objects;
    private final Function<ShardKey, Optional<Manifest>> held;
    private final StoreEvents events;
    private final Sharing sharing;

    /** Manifests of shards that others own, as this round found them. */
    private final Map<ShardKey, Optional<Manifest>> others = new HashMap<>();

    /**
     * @param held manifests that need not be read, since this process owns their shards
     */
    EntryTrimmer(
            SharedJournals journals,
            ObjectStore objects,
            Function<ShardKey, Optional<Manifest>> held,
            StoreEvents events,
            Sharing sharing) {
        this.journals = journals;
        this.objects = objects;
        this.held = held;
        this.events = events;
        this.sharing = sharing;
    }

    /** Of the journal that this process writes. */
    void trimOwn(Journal journal) throws IOException {
        others.clear();
        var id = journal.id();
        var free = new ArrayList<Long>();
        var failure = new ArrayList<IOException>(0);
        journals.forEachKept((index, rows) -> {
            try {
                if (isNamed(id, index, rows)) {
                    return false;
                }
            } catch (IOException e) {
                failure.add(e);
                return false;
            }
            free.add(index);
            return true;
        });
        if (free.size() >= ENTRIES_MIN) {
            trim(id, free.getLast() + 1);
        }
        if (!failure.isEmpty()) {
            throw failure.getFirst();
        }
    }

    /**
     * Entries of a journal that may go.
     *
     * @param to the first that stays
     */
    record Free(long from, long to) {}

    /** Of journals that are at their end, whoever wrote them. */
    void trimSealed(List<String> known) throws IOException {
        others.clear();
        for (var id : known) {
            try {
                var free = freeOf(id);
                if (free.isPresent()) {
                    trim(id, free.get().to());
                }
            } catch (EntryGoneException e) {
                // Another trims it as well.
            }
        }
    }

    /**
     * Of a journal that is at its end.
     *
     * @throws EntryGoneException if another trims it at this moment
     */
    Optional<Free> freeOf(String id) throws IOException {
        var end = journals.sealOf(id);
        long floor = end.isPresent() ? journals.floor(id) : 0;
        if (end.isEmpty() || floor >= end.getAsLong()) {
            return Optional.empty();
        }
        long below = firstNamed(id, floor, end.getAsLong());
        return below > floor ? Optional.of(new Free(floor, below)) : Optional.empty();
    }

    private long firstNamed(String id, long floor, long end) throws IOException {
        var entries = new ArrayList<List<Row>>();
        journals.walk(id, floor, end, (index, rows) -> entries.add(rows));
        for (int i = 0; i < entries.size(); i++) {
            if (isNamed(id, floor + i, entries.get(i))) {
                return floor + i;
            }
        }
        return end;
    }

    private void trim(String id, long below) throws IOException {
        journals.trim(id, below);
        events.trimmed(0);
    }

    private boolean isNamed(String id, long index, List<Row> rows) throws IOException {
        for (var row : rows) {
            if (isNamed(id, index, row)) {
                return true;
            }
        }
        return false;
    }

    private boolean isNamed(String id, long index, Row row) throws IOException {
        var manifest = manifestOf(row.shard());
        // A shard is claimed before its first block is written: without manifest it was deleted.
        return manifest.isPresent()
                && (manifest.get().epoch() < row.epoch()
                        || manifest.get().ranges().stream()
                                .anyMatch(range -> range.names(id, index, row.epoch())));
    }

    private Optional<Manifest> manifestOf(ShardKey shard) throws IOException {
        var ours = held.apply(shard);
        if (ours.isPresent()) {
            return ours;
        }
        if (!sharing.rules().hold(Rule.TRIM_BY_EVERY_SHARD)) {
            return Optional.empty();
        }
        var known = others.get(shard);
        if (known == null) {
            known = read(shard);
            others.put(shard, known);
        }
        return known;
    }

    private Optional<Manifest> read(ShardKey shard) throws IOException {
        try {
            return Manifest.newest(objects, shard, sharing.looks());
        } catch (DamagedBlockException | RefusedException e) {
            // Damaged, or of a newer release, beside which this node goes on.
            throw new UnreadableManifestException(
                    "the manifest of shard " + shard + " cannot be read", e);
        }
    }
}
