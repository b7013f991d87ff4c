package io.headrace.store.shard;

import io.headrace.store.journal.SharedJournals.Row;
import io.headrace.store.record.Block;
import io.headrace.store.shard.BlockIndex.Run;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The blocks of one shard that old journals hold, until the shard is touched; kept small, because
 * there may be many thousand shards. Filled by one thread, then read by one.
 */
final class RecoveredBlocks {
    private static final int COLUMNS = 5;

    private Run[] runs = new Run[1];
    private long[] numbers = new long[COLUMNS];
    private int[] lengths = new int[1];
    private int size;

    /** One block in a journal that was left behind. */
    record Found(
            Run run,
            long entry,
            long position,
            int length,
            long firstIndex,
            int count,
            long arrivalMs) {
        /** Whether the range names this block. */
        boolean isIn(JournalRange range) {
            return range.journalId().equals(run.journal().id())
                    && range.epoch() == run.epoch()
                    && range.from() <= entry
                    && entry < range.to().orElse(Long.MAX_VALUE);
        }
    }

    void add(Run run, long entry, long position, Block block) {
        add(
                run,
                entry,
                new Row(
                        block.shard(),
                        block.epoch(),
                        block.firstIndex(),
                        block.count(),
                        block.arrivalMs(),
                        position,
                        block.length()));
    }

    void add(Run run, long entry, Row block) {
        if (size == lengths.length) {
            runs = Arrays.copyOf(runs, size * 2);
            numbers = Arrays.copyOf(numbers, size * 2 * COLUMNS);
            lengths = Arrays.copyOf(lengths, size * 2);
        }
        runs[size] = size > 0 && runs[size - 1].equals(run) ? runs[size - 1] : run;
        lengths[size] = block.length();
        int at = size * COLUMNS;
        numbers[at] = entry;
        numbers[at + 1] = block.position();
        numbers[at + 2] = block.firstIndex();
        numbers[at + 3] = block.count();
        numbers[at + 4] = block.arrivalMs();
        size++;
    }

    /** In the order of their indexes, an older epoch first. */
    List<Found> inOrder() {
        var found = new ArrayList<Found>(size);
        for (int i = 0; i < size; i++) {
            int at = i * COLUMNS;
            found.add(
                    new Found(
                            runs[i],
                            numbers[at],
                            numbers[at + 1],
                            lengths[i],
                            numbers[at + 2],
                            (int) numbers[at + 3],
                            numbers[at + 4]));
        }
        // Journals are walked in the order of their random ids.
        found.sort(
                Comparator.comparingLong((Found block) -> block.run().epoch())
                        .thenComparingLong(Found::firstIndex));
        return found;
    }
}
