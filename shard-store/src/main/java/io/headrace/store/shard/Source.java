package io.headrace.store.shard;

import io.headrace.store.segment.SegmentRef;
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

    record InSegment(SegmentRef segment) implements Source {}

    /** One block in the journal. */
    record Location(BlockIndex.Run run, long position, int length, long firstIndex) {}
}
