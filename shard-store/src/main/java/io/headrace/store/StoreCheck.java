package io.headrace.store;

import io.headrace.store.journal.DirectoryDisk;
import io.headrace.store.journal.FileJournals;
import io.headrace.store.object.DirectoryStore;
import io.headrace.store.shard.ShardCheck;
import java.io.IOException;
import java.util.Random;

/** Checks a data directory that no process uses: see {@link ShardCheck}. */
public final class StoreCheck {
    private StoreCheck() {}

    /**
     * Reads everything and changes nothing; takes as long as reading does.
     *
     * @throws IOException if the directory is in use or cannot be read
     */
    public static ShardCheck.Report run(StoreSettings settings) throws IOException {
        try (var _ = DataLock.take(settings.dataDir(), ProcessHandle.current().pid());
                var objects = DirectoryStore.open(settings.dataDir().resolve("objects"))) {
            StoreRestore.refuseUnfinished(settings.dataDir());
            var journals =
                    new FileJournals(
                            new DirectoryDisk(settings.dataDir().resolve("journal")),
                            objects,
                            // Begins no journal, so it names none.
                            new Random(0),
                            settings.journalFileBytes(),
                            settings.entryBytesMax());
            return new ShardCheck(objects, journals).run();
        }
    }
}
