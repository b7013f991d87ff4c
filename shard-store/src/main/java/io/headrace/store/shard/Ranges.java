package io.headrace.store.shard;

import io.headrace.store.journal.JournalReader;
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

    /** Where journals end. */
    @FunctionalInterface
    interface Ends {
        /** The number of entries of a sealed journal; empty while it is being written. */
        OptionalLong endOf(JournalReader journal);
    }

    Ranges(Ends ends) {
        this.ends = ends;
    }

    void add(Run run, long entry) {
        if (!run.equals(last)) {
            last = run;
            ranges.add(
                    new JournalRange(
                            run.journal().id(), entry, ends.endOf(run.journal()), run.epoch()));
        }
    }

    List<JournalRange> toList() {
        return List.copyOf(ranges);
    }
}
