package io.headrace.store;

import io.headrace.store.journal.DirectoryDisk;
import io.headrace.store.journal.FileJournals;
import io.headrace.store.journal.Journals;
import io.headrace.store.journal.SharedJournals;
import io.headrace.store.object.DirectoryStore;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.record.BlockCipher;
import io.headrace.store.shard.Retention;
import io.headrace.store.shard.ShardEngine;
import io.headrace.store.shard.Shards;
import io.headrace.store.shard.Sharing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * A node's store: in one directory, which no other process may use meanwhile,
 *
 * <pre>
 * lock       who uses the directory
 * journal/   journal files
 * objects/   manifests, segments and what others keep in {@link #objects()}
 * snapshots/ links to the files of open snapshots
 * </pre>
 *
 * or on objects that several nodes share, with only the lock in the directory.
 */
public final class ShardStore implements AutoCloseable {
    private final DataLock lock;
    private final ObjectStore objects;
    private final ShardEngine engine;
    private final Optional<OwnFiles> files;

    /** What only a store in a directory has. */
    private record OwnFiles(Path dataDir, DirectoryStore objects, FileJournals journals) {}

    /**
     * What several nodes share, and what this one knows of the others.
     *
     * @param objects closed with the store
     * @param nearer what segments and all else are read through, opened once the directory is ours
     */
    public record Shared(
            ObjectStore objects,
            SharedJournals journals,
            Sharing sharing,
            UnaryOperator<ObjectStore> nearer) {}

    /**
     * What the store is given from outside.
     *
     * @param cipher made once the objects are there, because its keys are among them
     */
    public record Seams(
            Retention retention,
            Function<ObjectStore, BlockCipher> cipher,
            InstantSource clock,
            Ticker ticker,
            RandomGenerator random,
            StoreEvents events) {}

    private ShardStore(
            DataLock lock, ObjectStore objects, ShardEngine engine, Optional<OwnFiles> files) {
        this.lock = lock;
        this.objects = objects;
        this.engine = engine;
        this.files = files;
    }

    /**
     * Opens the directory, making it if needed, and recovers what is there.
     *
     * @throws IOException if another process uses it, or what was durable is damaged: the message
     *     is for the operator
     */
    public static ShardStore open(StoreSettings settings, Seams seams) throws IOException {
        var lock = DataLock.take(settings.dataDir(), ProcessHandle.current().pid());
        try {
            StoreRestore.refuseUnfinished(settings.dataDir());
            StoreMigration.refuseMoved(settings.dataDir());
            StoreSnapshot.removeLeftovers(settings.dataDir());
            var objects = DirectoryStore.open(settings.dataDir().resolve("objects"));
            var journals =
                    new FileJournals(
                            new DirectoryDisk(settings.dataDir().resolve("journal")),
                            objects,
                            seams.random(),
                            settings.journalFileBytes(),
                            settings.entryBytesMax());
            var engine = start(settings, seams, objects, journals, Sharing.ALONE);
            return new ShardStore(
                    lock,
                    objects,
                    engine,
                    Optional.of(new OwnFiles(settings.dataDir(), objects, journals)));
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /**
     * Opens a store that other nodes may use too. Nothing is recovered: a shard is taken over once
     * it is asked for.
     *
     * @throws IOException if another process uses the directory, or the objects can't be reached
     */
    public static ShardStore openShared(StoreSettings settings, Seams seams, Shared shared)
            throws IOException {
        Files.createDirectories(settings.dataDir());
        var lock = DataLock.take(settings.dataDir(), ProcessHandle.current().pid());
        try {
            refuseOwnData(settings.dataDir());
            var objects = shared.nearer().apply(shared.objects());
            var engine = start(settings, seams, objects, shared.journals(), shared.sharing());
            return new ShardStore(lock, objects, engine, Optional.empty());
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Its streams would seem to be gone. */
    private static void refuseOwnData(Path dataDir) throws IOException {
        if (Files.exists(dataDir.resolve("objects"))) {
            throw new IOException(
                    "%s holds the streams of a node by itself; give this node another data directory"
                            .formatted(dataDir));
        }
    }

    private static ShardEngine start(
            StoreSettings settings,
            Seams seams,
            ObjectStore objects,
            Journals journals,
            Sharing sharing)
            throws IOException {
        var engine =
                ShardEngine.open(
                        new ShardEngine.Seams(
                                objects,
                                journals,
                                seams.retention(),
                                seams.cipher().apply(objects),
                                seams.clock(),
                                seams.ticker(),
                                seams.random(),
                                seams.events(),
                                ReentrantLock::new,
                                sharing),
                        settings);
        engine.start();
        return engine;
    }

    public Shards shards() {
        return engine.shards();
    }

    /** Where everything else may keep its versioned objects; closed with the store. */
    public ObjectStore objects() {
        return objects;
    }

    /**
     * All that is durable at one moment between call and return, everything acknowledged before
     * among it. Appends go on meanwhile; what creates or deletes objects waits for the links to be
     * made. The files stay until the snapshot is closed. Blocks; any thread.
     *
     * @throws IOException also if the store is shared: its objects have no one moment here
     */
    public StoreSnapshot snapshot() throws IOException {
        var own =
                files.orElseThrow(() ->
                        new IOException(
                                "the store is shared by nodes: back it up with headrace backup --store"));
        return StoreSnapshot.take(own.dataDir(), own.objects(), own.journals(), engine);
    }

    /** What moves shards between nodes and tells which are here. */
    public ShardEngine engine() {
        return engine;
    }

    public ShardEngine.Health health() {
        return engine.health();
    }

    /** Bytes of appends that were accepted and not answered yet. */
    public long pendingBytes() {
        return engine.pendingBytes();
    }

    /** Bytes of newest blocks in memory. */
    public long tailBytes() {
        return engine.tailBytes();
    }

    /** Bytes of journal files on disk. */
    public long journalBytes() {
        return engine.journalBytes();
    }

    /** Answers what is pending, seals the journal, and lets go of the directory. */
    @Override
    public void close() throws IOException {
        try (lock;
                objects) {
            engine.close();
        }
    }
}
