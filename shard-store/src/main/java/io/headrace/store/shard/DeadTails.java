package io.headrace.store.shard;

import io.headrace.store.ShardKey;
import io.headrace.store.journal.EntryGoneException;
import io.headrace.store.journal.SharedJournals;
import io.headrace.store.journal.SharedJournals.Row;
import io.headrace.store.shard.BlockIndex.Run;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * What other processes' journals hold of a shard. When one dies, all its shards are asked for at
 * once: its journal is ended once and walked once for all of them. Any thread may call; blocks.
 */
final class DeadTails {
    /** Of all journals that are kept, some twenty MB; the newest is kept whatever it holds. */
    private static final int ROWS_MAX = 200_000;

    private static final int ATTEMPTS_MAX = 3;

    private final SharedJournals journals;
    private final Lock lock;

    /** Journals that are at their end, with what was not asked for yet; the oldest goes first. */
    private final Map<String, Dead> dead = new LinkedHashMap<>();

    /** From the floor to the end, the rows of each shard with their entries. */
    private record Dead(long end, Map<ShardKey, List<Found>> rows, int count) {}

    private record Found(long entry, Row row) {}

    /** Guarded by the lock, as {@link #dead}. */
    private int rowsKept;

    DeadTails(SharedJournals journals, Lock lock) {
        this.journals = journals;
        this.lock = lock;
    }

    /** Ends a journal, if it goes on; see {@link SharedJournals#seal}. */
    long seal(String journalId) throws IOException {
        lock.lock();
        try {
            var known = dead.get(journalId);
            if (known != null) {
                return known.end();
            }
            var now = end(journalId);
            dead.put(journalId, now);
            rowsKept += now.count();
            for (var oldest = dead.values().iterator(); rowsKept > ROWS_MAX && dead.size() > 1; ) {
                rowsKept -= oldest.next().count();
                oldest.remove();
            }
            return now.end();
        } finally {
            lock.unlock();
        }
    }

    private Dead end(String journalId) throws IOException {
        for (int attempt = 1; ; attempt++) {
            var rows = new HashMap<ShardKey, List<Found>>();
            var count = new int[1];
            try {
                long end =
                        journals.seal(
                                journalId,
                                (entry, found) -> {
                                    for (var row : found) {
                                        rows.computeIfAbsent(row.shard(), key -> new ArrayList<>(2))
                                                .add(new Found(entry, row));
                                    }
                                    count[0] += found.size();
                                });
                return new Dead(end, rows, count[0]);
            } catch (EntryGoneException e) {
                // Given back meanwhile: the floor is higher now.
                if (attempt == ATTEMPTS_MAX) {
                    throw e;
                }
            }
        }
    }

    /** The shard's blocks that these ranges name, all of which have an end. */
    RecoveredBlocks read(ShardKey shard, List<JournalRange> ranges) throws IOException {
        var blocks = new RecoveredBlocks();
        for (var range : ranges) {
            var run = new Run(journals.reader(range.journalId()), range.epoch());
            var found = known(range.journalId(), shard);
            if (found != null) {
                found.forEach(block -> add(blocks, run, range, block.entry(), block.row()));
            } else if (range.from() < range.to().orElseThrow()) {
                // What lies below the floor held nothing of this shard that is still named.
                journals.walk(
                        range.journalId(),
                        Math.max(range.from(), journals.floor(range.journalId())),
                        range.to().orElseThrow(),
                        (entry, rows) ->
                                rows.stream()
                                        .filter(row -> row.shard().equals(shard))
                                        .forEach(row -> add(blocks, run, range, entry, row)));
            }
        }
        return blocks;
    }

    private static void add(
            RecoveredBlocks blocks, Run run, JournalRange range, long entry, Row row) {
        if (row.epoch() == range.epoch()
                && range.from() <= entry
                && entry < range.to().orElseThrow()) {
            blocks.add(run, entry, row);
        }
    }

    private @Nullable List<Found> known(String journalId, ShardKey shard) {
        lock.lock();
        try {
            var known = dead.get(journalId);
            return known == null ? null : known.rows().getOrDefault(shard, List.of());
        } finally {
            lock.unlock();
        }
    }
}
