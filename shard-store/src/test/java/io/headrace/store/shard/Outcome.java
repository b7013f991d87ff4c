package io.headrace.store.shard;

/** What a run of the simulation came to; equal for equal seeds. */
record Outcome(
        long seed,
        int acknowledged,
        int restarts,
        int fences,
        int segments,
        int lists,
        int sealedBlocks,
        long fingerprint) {}
