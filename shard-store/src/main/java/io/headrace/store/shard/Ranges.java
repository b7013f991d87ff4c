package io.headrace.store.shard;

import io.headrace.store.shard.BlockIndex.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Gathers the journal ranges of a manifest from a shard's blocks, in order; for one thread. */
final class Ranges {
    private final Ends ends;
    private final List<JournalRange> ranges = new ArrayList<>();
    private @Nullable Run last;

    /** Where a shard's stretches of journals end. */
    @FunctionalInterface
    interface Ends {
        /** Behind the last entry that may hold a block; empty while it is being written. */
        OptionalLong endOf(Run run);
    }

    Ranges(Ends ends) {
        this.ends = ends;
    }

    void add(Run run, long entry) {
        if (!run.equals(last)) {
            last = run;
            ranges.add(new JournalRange(run.journal().id(), entry, ends.endOf(run), run.epoch()));
        }
    }

    List<JournalRange> toList() {
        return List.copyOf(ranges);
    }
}
