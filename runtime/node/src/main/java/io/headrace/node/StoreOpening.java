package io.headrace.node;

import io.headrace.node.metrics.CacheMeters;
import io.headrace.node.settings.Settings;
import io.headrace.objects.S3Probe;
import io.headrace.objects.S3Settings;
import io.headrace.objects.S3Store;
import io.headrace.store.ShardStore;
import io.headrace.store.StoreFormat;
import io.headrace.store.StoreSettings;
import io.headrace.store.journal.ObjectJournals;
import io.headrace.store.journal.Rules;
import io.headrace.store.journal.Signal;
import io.headrace.store.object.DirectoryStore;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.shard.Sharing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the store that the settings name. What only a store on a server needs is loaded for such a
 * one alone.
 */
public final class StoreOpening {
    private static final Logger LOG = LoggerFactory.getLogger(StoreOpening.class);

    /** How long a write is tried that the server neither took nor refused. */
    private static final long GIVE_UP_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final int CONNECTIONS_MAX = 32;

    /** Of the heap, for the entries of a dead node that were just read: few megabytes. */
    private static final int ENTRY_STARTS_SHARE = 32;

    private StoreOpening() {}

    /** Opens it for a node by itself, or for one of a cluster. */
    static ShardStore open(
            Settings settings,
            Surroundings surroundings,
            ShardStore.Seams seams,
            Sharing sharing,
            CacheMeters cacheMeters)
            throws IOException {
        long heap = Runtime.getRuntime().maxMemory();
        if (settings.store() instanceof Settings.Store.OfNode) {
            return ShardStore.open(
                    TestStore.adjusted(StoreSettings.of(settings.data(), heap)), seams);
        }
        var objects = objects(settings.store(), surroundings);
        try {
            StoreFormat.requireOrBegin(objects);
            var store = TestStore.adjusted(StoreSettings.shared(settings.data(), heap));
            return ShardStore.openShared(
                    store,
                    seams,
                    new ShardStore.Shared(
                            objects,
                            journals(objects, store, surroundings),
                            sharing,
                            all -> StoreCache.over(all, settings, cacheMeters)));
        } catch (IOException | RuntimeException e) {
            objects.close();
            throw e;
        }
    }

    /**
     * The objects of a store that is not in the data directory, tried whether they can be trusted.
     *
     * @throws io.headrace.objects.UnfitStoreException if not, with the reason
     */
    public static ObjectStore objects(Settings.Store store, Surroundings surroundings)
            throws IOException {
        return switch (store) {
            case Settings.Store.OfNode() ->
                    throw new IllegalArgumentException("the data directory is no shared store");
            case Settings.Store.Directory directory -> {
                // Also for one that is not said to be shared: nothing keeps another node away.
                var process = HexFormat.of().toHexDigits(surroundings.random().nextLong());
                yield DirectoryStore.openShared(directory.path(), process);
            }
            case Settings.Store.Bucket bucket -> {
                probe(bucket, surroundings);
                yield opened(bucket, surroundings);
            }
        };
    }

    /**
     * As {@link #objects}, of a store that nodes use already: untried, and nothing is written.
     *
     * @throws IOException if there is no such directory, or the store is not whole
     */
    public static ObjectStore used(Settings.Store store, Surroundings surroundings)
            throws IOException {
        var objects = untried(store, surroundings);
        try {
            StoreFormat.require(objects);
            return objects;
        } catch (IOException | RuntimeException e) {
            objects.close();
            throw e;
        }
    }

    private static ObjectStore untried(Settings.Store store, Surroundings surroundings)
            throws IOException {
        if (store instanceof Settings.Store.Bucket bucket) {
            return opened(bucket, surroundings);
        }
        if (store instanceof Settings.Store.Directory(Path path, boolean _)
                && !Files.isDirectory(path)) {
            throw new IOException("there is no directory " + path);
        }
        return objects(store, surroundings);
    }

    private static void probe(Settings.Store.Bucket bucket, Surroundings surroundings)
            throws IOException {
        var settings = bounded(bucket);
        var report =
                S3Probe.run(
                        settings,
                        bucket.credentials(),
                        surroundings.clock(),
                        surroundings.ticker(),
                        surroundings.random(),
                        Thread::sleep,
                        LOG::info);
        LOG.info(
                "{} creates if absent: {} races and {} listings in {} ms",
                settings.endpoint(),
                report.races(),
                report.listings(),
                report.took().toMillis());
    }

    private static ObjectStore opened(Settings.Store.Bucket bucket, Surroundings surroundings) {
        return S3Store.open(
                bounded(bucket),
                bucket.credentials(),
                surroundings.clock(),
                surroundings.ticker(),
                surroundings.random(),
                Thread::sleep);
    }

    private static S3Settings bounded(Settings.Store.Bucket bucket) {
        long inFlight =
                Math.clamp(
                        Runtime.getRuntime().maxMemory() / 8,
                        S3Store.OBJECT_BYTES_MAX,
                        4L * S3Store.OBJECT_BYTES_MAX);
        return bucket.settings().withBounds(CONNECTIONS_MAX, inFlight);
    }

    /** The journals on such objects. */
    public static ObjectJournals journals(
            ObjectStore objects, StoreSettings store, Surroundings surroundings) {
        return new ObjectJournals(
                objects,
                new ObjectJournals.Seams(
                        // The commit writer bounds how many there are, the store how many it does.
                        threads("journal-write-"),
                        threads("journal-read-"),
                        surroundings.random(),
                        surroundings.ticker(),
                        Signal::create),
                new ObjectJournals.Settings(
                        store.entryBytesMax(),
                        GIVE_UP_NANOS,
                        Runtime.getRuntime().maxMemory() / ENTRY_STARTS_SHARE),
                Rules.ALL);
    }

    private static Executor threads(String name) {
        var threads = Thread.ofVirtual().name(name, 0).factory();
        return task -> threads.newThread(task).start();
    }
}
