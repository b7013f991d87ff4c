package io.headrace.node;

import io.headrace.node.metrics.CacheMeters;
import io.headrace.node.settings.Settings;
import io.headrace.store.cache.CacheSettings;
import io.headrace.store.cache.CachedObjects;
import io.headrace.store.object.ObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps in the data directory what is read from a store elsewhere. */
final class StoreCache {
    private static final Logger LOG = LoggerFactory.getLogger(StoreCache.class);

    private static final long DEFAULT_BYTES_MAX = 10L << 30;
    private static final int DEFAULT_SHARE_OF_FREE = 5;

    private StoreCache() {}

    /**
     * The same store, cached if the settings want it; a node runs without a cache it can't have.
     */
    static ObjectStore over(ObjectStore objects, Settings settings, CacheMeters meters) {
        long bytesMax = settings.cacheBytes().orElseGet(() -> bytesMax(settings));
        if (bytesMax < Settings.CACHE_BYTES_MIN) {
            LOG.info("nothing of the store is cached here");
            return objects;
        }
        var folder = settings.data().resolve("cache");
        var threads = Thread.ofVirtual().name("read-ahead-", 0).factory();
        try {
            var cached =
                    CachedObjects.open(
                            objects,
                            CachedObjects::isSegment,
                            CacheSettings.of(folder, identity(settings.store()), bytesMax),
                            meters,
                            task -> threads.newThread(task).start());
            meters.watch(cached, bytesMax);
            LOG.info(
                    "up to {} MiB of the store's segments are cached in {}, {} MiB are there",
                    bytesMax >> 20,
                    folder,
                    cached.cachedBytes() >> 20);
            return cached;
        } catch (IOException e) {
            meters.turnedOff(e);
            return objects;
        }
    }

    private static long bytesMax(Settings settings) {
        return switch (settings.store()) {
            case Settings.Store.Bucket _ -> shareOf(settings.data());
            // It may be on this very disk.
            case Settings.Store.Directory _, Settings.Store.OfNode _ -> 0;
        };
    }

    private static long shareOf(Path data) {
        return Math.min(DEFAULT_BYTES_MAX, data.toFile().getUsableSpace() / DEFAULT_SHARE_OF_FREE);
    }

    /** The same bucket may be another's on another server. */
    private static String identity(Settings.Store store) {
        return store instanceof Settings.Store.Bucket(var settings, var _)
                ? settings.endpoint() + " " + store.place()
                : store.place();
    }
}
