package io.headrace.store;

import io.headrace.store.file.Directories;
import io.headrace.store.journal.DirectoryDisk;
import io.headrace.store.journal.FileJournals;
import io.headrace.store.journal.SharedJournals;
import io.headrace.store.object.CopyTarget;
import io.headrace.store.object.DirectoryStore;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.shard.ParallelTasks;
import io.headrace.store.shard.ShardCheck.Finding;
import io.headrace.store.shard.ShardCopies;
import io.headrace.store.shard.SharedCheck;
import io.headrace.store.shard.StoppedTails;
import io.headrace.store.shard.StoreNames;
import io.headrace.store.stream.StoreCopy;
import io.headrace.store.stream.StreamIds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Moves what a node by itself keeps in its data directory to a store that nodes share. The
 * directory is only read; at the end, once everything was read back from the store and found whole,
 * a mark is left in it, by which no node uses it any more. For one thread.
 */
public final class StoreMigration {
    private static final String MARK = "migrated";

    private final StoreSettings settings;
    private final RandomGenerator random;
    private final ParallelTasks workers;
    private final SharedCheck.Progress progress;

    /**
     * @param settings of the node that is moved
     */
    public StoreMigration(
            StoreSettings settings,
            RandomGenerator random,
            ParallelTasks workers,
            SharedCheck.Progress progress) {
        this.settings = settings;
        this.random = random;
        this.workers = workers;
        this.progress = progress;
    }

    /**
     * Moves everything.
     *
     * @param isAgain whether what an attempt left in the store that did not finish may be removed
     * @param name of the store, for people
     * @throws IOException if a node uses the directory, the store holds anything, or what was
     *     copied is not whole; then the store stays refused, and the directory is as it was
     */
    public StoreCopy.Report run(
            ObjectStore store, SharedJournals journals, String name, boolean isAgain)
            throws IOException {
        var directory = settings.dataDir();
        if (!Files.isDirectory(directory.resolve("objects"))) {
            throw new IOException(directory + " holds no data of a node");
        }
        try (var _ = DataLock.take(directory, ProcessHandle.current().pid());
                var objects = DirectoryStore.open(directory.resolve("objects"))) {
            StoreRestore.refuseUnfinished(directory);
            refuseMoved(directory);
            refuseUnknown(StoreNames.list(objects));
            StoreFormat.fill(store, directory.toString(), random.nextLong(), isAgain);
            var report = copyOf(objects, into(store)).run();
            check(report, store, journals);
            StoreFormat.filled(store);
            Files.writeString(directory.resolve(MARK), name + "\n", StandardCharsets.UTF_8);
            Directories.sync(directory);
            return report;
        }
    }

    /**
     * Refuses a directory of which a store has all by now: what a node took there would be missing
     * in the store.
     *
     * @throws IOException saying so
     */
    static void refuseMoved(Path directory) throws IOException {
        var mark = directory.resolve(MARK);
        if (Files.exists(mark)) {
            throw new IOException(
                    "all of %s was moved to %s; to use the directory all the same, remove the file %s"
                            .formatted(directory, Files.readString(mark).strip(), mark));
        }
    }

    /** An object is created once in a store that is being filled. */
    public static CopyTarget into(ObjectStore store) {
        return (name, content) -> {
            if (store.createIfAbsent(name, content.duplicate())) {
                return;
            }
            // It may be ours, of which the answer was lost.
            if (!store.get(name).equals(Optional.of(content))) {
                throw new IOException("another process put " + name + " into the store");
            }
        };
    }

    private StoreCopy copyOf(DirectoryStore objects, CopyTarget target) throws IOException {
        var journals =
                new FileJournals(
                        new DirectoryDisk(settings.dataDir().resolve("journal")),
                        objects,
                        random,
                        settings.journalFileBytes(),
                        settings.entryBytesMax());
        return new StoreCopy(
                objects,
                target,
                new ShardCopies(
                        objects,
                        new StoppedTails(journals),
                        target,
                        workers,
                        random,
                        settings.entryBytesMax(),
                        progress));
    }

    /** Reads all of it back. */
    private void check(StoreCopy.Report copied, ObjectStore store, SharedJournals journals)
            throws IOException {
        var found =
                new SharedCheck(store, journals, progress).run(workers, () -> StreamIds.in(store));
        var damage = found.findings().stream().filter(Finding::isDamage).findFirst();
        if (damage.isPresent()) {
            throw new IOException("the copy is damaged: " + damage.get());
        }
        if (found.shards() != copied.shards() || found.records() != copied.records()) {
            throw new IOException(
                    "the copy holds %,d records in %d shards and not %,d in %d"
                            .formatted(
                                    found.records(),
                                    found.shards(),
                                    copied.records(),
                                    copied.shards()));
        }
    }

    private static void refuseUnknown(StoreNames names) throws IOException {
        if (!names.unknown().isEmpty()) {
            throw new IOException(
                    "the directory holds what this build does not know, such as "
                            + names.unknown().getFirst());
        }
    }
}
