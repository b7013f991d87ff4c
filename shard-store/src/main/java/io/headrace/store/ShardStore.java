package io.headrace.store;

import io.headrace.store.journal.DirectoryDisk;
import io.headrace.store.journal.FileJournals;
import io.headrace.store.object.DirectoryStore;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.record.BlockCipher;
import io.headrace.store.shard.Retention;
import io.headrace.store.shard.ShardEngine;
import io.headrace.store.shard.Shards;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * A node's store in one directory, which no other process may use meanwhile:
 *
 * <pre>
 * lock       who uses the directory
 * journal/   journal files
 * objects/   manifests, segments and what others keep in {@link #objects()}
 * snapshots/ links to the files of open snapshots
 * </pre>
 */
public final class ShardStore implements AutoCloseable {
    private final DataLock lock;
    private final Path dataDir;
    private final DirectoryStore objects;
    private final FileJournals journals;
    private final ShardEngine engine;

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
            DataLock lock,
            Path dataDir,
            DirectoryStore objects,
            FileJournals journals,
            ShardEngine engine) {
        this.lock = lock;
        this.dataDir = dataDir;
        this.objects = objects;
        this.journals = journals;
        this.engine = engine;
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
            StoreSnapshot.removeLeftovers(settings.dataDir());
            var objects = DirectoryStore.open(settings.dataDir().resolve("objects"));
            var journals =
                    new FileJournals(
                            new DirectoryDisk(settings.dataDir().resolve("journal")),
                            objects,
                            seams.random(),
                            settings.journalFileBytes(),
                            settings.entryBytesMax());
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
                                    seams.events()),
                            settings);
            engine.start();
            return new ShardStore(lock, settings.dataDir(), objects, journals, engine);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
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
     */
    public StoreSnapshot snapshot() throws IOException {
        return StoreSnapshot.take(dataDir, objects, journals, engine);
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
