package io.headrace.store.shard;

import io.headrace.store.segment.SegmentSpan;
import java.util.List;

/** Where the records from some index on are, at a moment: compaction moves them. */
sealed interface Source {
    /** In memory, or there are none yet. */
    record AtHand() implements Source {}

    record InJournal(List<Location> blocks) implements Source {
        public InJournal {
            blocks = List.copyOf(blocks);
        }
    }

    /**
     * In a segment, or below a list.
     *
     * @param fromIndex the first record wanted that is kept: retention takes segments out of a list
     *     that stays the same
     */
    record InSegment(SegmentSpan span, long fromIndex) implements Source {}

    /** One block in the journal. */
    record Location(BlockIndex.Run run, long position, int length, long firstIndex) {}
}
