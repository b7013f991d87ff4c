package io.headrace.store.shard;

import io.headrace.store.ShardKey;
import io.headrace.store.journal.DamagedJournalException;
import io.headrace.store.journal.FileJournals;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** What the journal files of a node hold that does not run. */
public final class StoppedTails implements Tails {
    private final FileJournals journals;

    public StoppedTails(FileJournals journals) {
        this.journals = journals;
    }

    @Override
    public Map<ShardKey, RecoveredBlocks> of(Collection<Manifest> manifests) throws IOException {
        var tails = new HashMap<ShardKey, RecoveredBlocks>();
        manifests.forEach(manifest -> tails.put(manifest.shard(), new RecoveredBlocks()));
        var damaged = new ArrayList<DamagedJournalException>();
        journals.inspect(
                (journal, entry, position, block) -> {
                    var tail = tails.get(block.shard());
                    if (tail != null) {
                        tail.add(
                                new BlockIndex.Run(journal, block.epoch()), entry, position, block);
                    }
                },
                damaged::add);
        if (!damaged.isEmpty()) {
            throw damaged.getFirst();
        }
        return tails;
    }
}
