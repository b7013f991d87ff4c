package io.headrace.store.cache;

import java.nio.file.Path;

/**
 * How much is cached, and where.
 *
 * @param folder holds nothing else; made if absent
 * @param store tells this store from every other whose pieces may be in the folder
 * @param bytesMax bytes of pieces on the disk
 * @param aheadBytesMax bytes that are fetched ahead of readers at a time, for all of them together
 * @param reservedBytes room on the disk that is left to others
 */
public record CacheSettings(
        Path folder, String store, long bytesMax, long aheadBytesMax, long reservedBytes) {
    private static final long AHEAD_BYTES_MAX = 16L << 20;
    private static final long RESERVED_BYTES = 256L << 20;

    public CacheSettings {
        if (bytesMax < CachedObjects.PIECE_BYTES || aheadBytesMax < 0 || reservedBytes < 0) {
            throw new IllegalArgumentException(
                    "a cache of %d bytes, %d ahead, %d reserved"
                            .formatted(bytesMax, aheadBytesMax, reservedBytes));
        }
    }

    public static CacheSettings of(Path folder, String store, long bytesMax) {
        return new CacheSettings(folder, store, bytesMax, AHEAD_BYTES_MAX, RESERVED_BYTES);
    }
}
