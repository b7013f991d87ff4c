package io.headrace.store.shard;

import io.headrace.store.ShardKey;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;

/** Finds what journals hold of shards, for who copies them; ends no journal. Blocks. */
public interface Tails {
    /**
     * The blocks that these manifests' ranges name, all that were acknowledged before the call
     * among them.
     *
     * @return without the shards that changed meanwhile, so that nobody knows
     * @throws IOException if a journal cannot be read
     */
    Map<ShardKey, RecoveredBlocks> of(Collection<Manifest> manifests) throws IOException;
}
