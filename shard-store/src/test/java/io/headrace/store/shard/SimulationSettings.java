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
}
