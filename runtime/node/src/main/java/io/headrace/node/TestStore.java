package io.headrace.node;

import io.headrace.store.StoreSettings;

/**
 * For tests only: a store that compacts, merges and trims after little, so that a crash in a test
 * of seconds meets all of it. No setting: nobody sets it by accident.
 */
final class TestStore {
    /** System property with the bytes of a shard from which they become a segment. */
    static final String PROPERTY = "headrace.test.segment-bytes";

    private static final int MARGIN_BYTES = 64 << 10;

    private TestStore() {}

    static StoreSettings adjusted(StoreSettings settings) {
        var bytes = Long.getLong(PROPERTY);
        if (bytes == null) {
            return settings;
        }
        return new StoreSettings(
                settings.dataDir(),
                settings.entryBytesMax() + MARGIN_BYTES,
                settings.journalBytesMax(),
                settings.entryBytesMax(),
                settings.groupBytes(),
                settings.pendingBytesMax(),
                settings.pendingAppendsMax(),
                settings.tailCacheBytes(),
                settings.replayCacheBytes(),
                settings.coldReadsMax(),
                bytes,
                8 * bytes,
                settings.compactAfterMs(),
                settings.sweepAfterMs(),
                settings.markAfterMs());
    }
}
