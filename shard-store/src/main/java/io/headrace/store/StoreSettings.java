package io.headrace.store;

import java.nio.file.Path;

/**
 * How a node stores; {@link #of} gives what suits most.
 *
 * @param dataDir everything is below it
 * @param journalFileBytes size of a journal file, a multiple of 4096
 * @param journalBytesMax journal on disk beyond which the oldest file is compacted away; at four
 *     times as much appends wait
 * @param entryBytesMax largest journal entry, so also the largest single append
 * @param groupBytes bytes of appends gathered into one entry
 * @param pendingBytesMax appends under way beyond which more are refused
 * @param pendingAppendsMax their number
 * @param tailCacheBytes newest blocks of all shards in memory
 * @param replayCacheBytes blocks decoded ahead of readers of old records
 * @param coldReadsMax reads from disk at a time
 * @param segmentBytes a shard's blocks in the journal from which they become a segment
 * @param segmentBytesMax largest segment that small ones are merged into, before compression
 * @param compactAfterMs age from which blocks become a segment however few they are
 * @param sweepAfterMs pause between looks for what nothing needs any more
 * @param markAfterMs idle time after which the last journal entries are proved durable
 */
public record StoreSettings(
        Path dataDir,
        int journalFileBytes,
        long journalBytesMax,
        int entryBytesMax,
        int groupBytes,
        long pendingBytesMax,
        int pendingAppendsMax,
        long tailCacheBytes,
        long replayCacheBytes,
        int coldReadsMax,
        long segmentBytes,
        long segmentBytesMax,
        long compactAfterMs,
        long sweepAfterMs,
        long markAfterMs) {
    private static final int MIB = 1 << 20;

    public StoreSettings {
        if (journalFileBytes < 4096 || journalFileBytes % 4096 != 0) {
            throw new IllegalArgumentException(
                    "journal files of " + journalFileBytes + " bytes: not a multiple of 4096");
        }
        if (entryBytesMax + 4096 > journalFileBytes) {
            throw new IllegalArgumentException(
                    "entries of %d bytes do not fit journal files of %d"
                            .formatted(entryBytesMax, journalFileBytes));
        }
        if (segmentBytes < 1 || segmentBytesMax < segmentBytes) {
            throw new IllegalArgumentException(
                    "segments of %d up to %d bytes".formatted(segmentBytes, segmentBytesMax));
        }
    }

    /** As {@link #of}, for a store of several nodes: who takes over has to read the journal. */
    public static StoreSettings shared(Path dataDir, long heapBytes) {
        return of(dataDir, heapBytes).withJournalBytesMax(256L * MIB);
    }

    private StoreSettings withJournalBytesMax(long max) {
        return new StoreSettings(
                dataDir,
                journalFileBytes,
                max,
                entryBytesMax,
                groupBytes,
                pendingBytesMax,
                pendingAppendsMax,
                tailCacheBytes,
                replayCacheBytes,
                coldReadsMax,
                segmentBytes,
                segmentBytesMax,
                compactAfterMs,
                sweepAfterMs,
                markAfterMs);
    }

    /** Defaults for this directory and this much heap. */
    public static StoreSettings of(Path dataDir, long heapBytes) {
        return new StoreSettings(
                dataDir,
                64 * MIB,
                1024L * MIB,
                16 * MIB,
                8 * MIB,
                Math.clamp(heapBytes / 8, 32L * MIB, 512L * MIB),
                100_000,
                Math.clamp(heapBytes / 6, 16L * MIB, 4096L * MIB),
                Math.clamp(heapBytes / 16, 8L * MIB, 1024L * MIB),
                8,
                16L * MIB,
                32L * MIB,
                3_600_000,
                600_000,
                20);
    }
}
