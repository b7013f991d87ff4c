package io.headrace.store.shard;

import io.headrace.store.StoreSettings;
import io.headrace.store.journal.JournalReader;
import io.headrace.store.shard.ShardEngine.Seams;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Puts an engine's parts together. */
record EngineParts(
        Seams seams,
        StoreSettings settings,
        EngineThreads threads,
        RequestQueue queue,
        CommitLane lane,
        Manifests manifests,
        TailCache tailCache,
        Segments segments,
        SegmentLists lists,
        ColdReader coldReader) {
    /** Of all blocks in no segment, which may take half of what the newest blocks take. */
    private static final int INDEX_BYTES_PER_BLOCK = 48;

    /** Pending bytes for which writing during a sync is worth it. */
    private static final long WRITE_AHEAD_BYTES = 1 << 20;

    LocalShards shards() {
        return new LocalShards(shardParts());
    }

    Handover handover(LocalShards shards, Maintenance maintenance) {
        return new Handover(
                shards, shardParts(), maintenance, threads.compaction(), threads.handover());
    }

    private LocalShards.Parts shardParts() {
        return new LocalShards.Parts(
                queue,
                lane,
                manifests,
                tailCache,
                coldReader,
                seams.cipher(),
                seams.retention(),
                seams.clock(),
                threads.coldReads(),
                threads.background(),
                seams.events(),
                settings.entryBytesMax() - CommitWriter.BLOCK_OVERHEAD_BYTES,
                seams.sharedJournals() == null ? null : seams.sharing(),
                seams.locks());
    }

    CommitWriter writer(LocalShards shards) {
        return new CommitWriter(
                new CommitWriter.Parts(
                        lane,
                        queue,
                        seams.journals(),
                        manifests,
                        seams.cipher(),
                        seams.clock(),
                        seams.ticker(),
                        seams.events()),
                new CommitWriter.Tuning(
                        settings.groupBytes(),
                        seams.sharedJournals() == null
                                ? WRITE_AHEAD_BYTES
                                : seams.sharing().writeAheadBytes(),
                        TimeUnit.MILLISECONDS.toNanos(settings.markAfterMs()),
                        4 * settings.journalBytesMax()),
                new SealingKeys(
                        seams.cipher(), queue, threads.background(), seams.events(), shards::admit),
                shards::admit,
                shards::dropAll);
    }

    CommitSyncer syncer(Runnable wakeMaintenance) {
        return new CommitSyncer(
                lane,
                queue,
                seams.ticker(),
                seams.events(),
                new CommitSyncer.Wake(settings.segmentBytes(), wakeMaintenance),
                hot());
    }

    private HotTier hot() {
        return seams.sharedJournals() == null ? HotTier.NONE : seams.sharing().hot();
    }

    Maintenance maintenance(LocalShards shards, List<JournalReader> sealed) {
        var compactor =
                new Compactor(
                        new Compactor.Parts(
                                seams.objects(),
                                manifests,
                                coldReader,
                                segments,
                                lists,
                                seams.random(),
                                seams.ticker(),
                                seams.events()),
                        settings.segmentBytesMax());
        var shared = seams.sharedJournals();
        return new Maintenance(
                new Maintenance.Parts(
                        seams.journals(),
                        seams.objects(),
                        lane,
                        manifests,
                        shards,
                        compactor,
                        seams.clock(),
                        seams.ticker(),
                        seams.events(),
                        threads.compaction(),
                        shared,
                        seams.sharing()),
                new Maintenance.Limits(
                        settings.segmentBytes(),
                        settings.compactAfterMs(),
                        settings.journalBytesMax(),
                        settings.tailCacheBytes() / (2 * INDEX_BYTES_PER_BLOCK),
                        settings.sweepAfterMs()),
                sealed);
    }
}
