package io.headrace.store.shard;

import io.headrace.store.ShardKey;
import io.headrace.store.journal.SharedJournals.Row;
import io.headrace.store.record.Block;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.shard.BlockIndex.Run;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

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

    /**
     * What of it counts beside a manifest.
     *
     * @param counted what is in no segment, in the order of its indexes, without a gap
     * @param others what never counted, or is in a segment
     * @param next one past the last record of segments and blocks
     */
    record Tail(List<Found> counted, List<Found> others, long next) {}

    /**
     * @throws DamagedBlockException if records are missing
     */
    Tail tailOf(ShardKey shard, Optional<Manifest> newest) {
        var counted = new ArrayList<Found>();
        var others = new ArrayList<Found>();
        long next = newest.map(Manifest::nextInSegments).orElse(0L);
        // A block behind the end was written and never acknowledged, by a process that died before
        // it could seal its failed journal.
        long end =
                newest.map(Manifest::endIndex).orElse(OptionalLong.empty()).orElse(Long.MAX_VALUE);
        for (var found : inOrder()) {
            boolean named =
                    newest.isPresent() && newest.get().ranges().stream().anyMatch(found::isIn);
            if (!named || found.firstIndex() < next || found.firstIndex() >= end) {
                others.add(found);
                continue;
            }
            if (found.firstIndex() > next) {
                throw new DamagedBlockException(
                        "records [%d, %d) of shard %s are missing before %s"
                                .formatted(
                                        next,
                                        found.firstIndex(),
                                        shard,
                                        found.run().journal().describe(found.position())));
            }
            counted.add(found);
            next += found.count();
        }
        if (next != end && end != Long.MAX_VALUE) {
            throw new DamagedBlockException(
                    "shard %s was closed at record %d and has %d".formatted(shard, end, next));
        }
        return new Tail(counted, others, next);
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
