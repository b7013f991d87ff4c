package io.headrace.store.shard;

/** What a run of a simulated cluster came to; equal for equal seeds. */
record ClusterOutcome(
        long seed,
        int acknowledged,
        int restarts,
        int fences,
        int releases,
        int takeOvers,
        int segments,
        int trims,
        int closed,
        int late,
        int removed,
        long fingerprint) {}
