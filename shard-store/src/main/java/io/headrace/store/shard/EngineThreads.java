package io.headrace.store.shard;

import io.headrace.store.StoreSettings;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * Where an engine's blocking work runs.
 *
 * @param coldReads reads from disk
 * @param background claims and ends of shards
 * @param handover lets go of shards; claims wait for other processes to do so, which wait for this
 *     one
 * @param compaction compactions; not virtual threads, which compression would hold for long
 * @param end ends those threads
 */
record EngineThreads(
        Executor coldReads,
        Executor background,
        Executor handover,
        Executor compaction,
        Runnable end) {
    private static final int COLD_WAITING_MAX = 10_000;
    private static final int BACKGROUND_MAX = 64;
    private static final int COMPACTIONS_MAX = 4;

    static EngineThreads start(StoreSettings settings) {
        var compaction =
                Executors.newFixedThreadPool(
                        COMPACTIONS_MAX, Thread.ofPlatform().name("store-compact-", 0).factory());
        return new EngineThreads(
                new BoundedExecutor("store-read", settings.coldReadsMax(), COLD_WAITING_MAX),
                new BoundedExecutor("store-background", BACKGROUND_MAX, Integer.MAX_VALUE),
                new BoundedExecutor("store-handover", BACKGROUND_MAX, Integer.MAX_VALUE),
                compaction,
                compaction::shutdown);
    }
}
