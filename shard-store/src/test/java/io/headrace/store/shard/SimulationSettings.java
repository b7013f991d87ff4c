package io.headrace.store.shard;

import io.headrace.store.StoreSettings;
import java.nio.file.Path;

/** Everything small, so that little is needed to reach every limit. */
final class SimulationSettings {
    static final StoreSettings SMALL =
            new StoreSettings(
                    Path.of("unused"),
                    Simulation.JOURNAL_FILE_BYTES,
                    4L * Simulation.JOURNAL_FILE_BYTES,
                    Simulation.ENTRY_BYTES_MAX,
                    8 << 10,
                    24 << 10,
                    100,
                    6 << 10,
                    20 << 10,
                    2,
                    8 << 10,
                    32 << 10,
                    30_000,
                    300,
                    20);

    private SimulationSettings() {}

    /** So few that lists of lists come about, or so that segments are also merged, or none. */
    static SegmentLists.Folding foldingOf(long seed) {
        return switch ((int) (seed % 3)) {
            case 0 -> new SegmentLists.Folding(2, 2);
            case 1 -> new SegmentLists.Folding(6, 4);
            default -> SegmentLists.Folding.DEFAULT;
        };
    }
}
