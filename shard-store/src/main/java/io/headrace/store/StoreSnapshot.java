package io.headrace.store;

import io.headrace.store.journal.FileJournals;
import io.headrace.store.object.DirectoryStore;
import io.headrace.store.shard.ShardEngine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of a store as they are at one moment, by their names in a data directory. Of a running
 * store these are links in a directory beside its own; the journal goes on in the same files, so
 * the snapshot's objects seal it where it stood, and whoever opens a copy sees nothing behind that.
 * Any thread may read; one closes.
 */
public final class StoreSnapshot implements AutoCloseable {
    private static final String SNAPSHOTS = "snapshots";
    private static final String OBJECTS = "objects";
    private static final String JOURNAL = "journal";

    private final Path root;
    private final Map<String, Long> files;
    private final AutoCloseable hold;
    private final boolean linked;

    /** One file of it: its name below the data directory, with slashes, and how long it is. */
    public record Entry(String name, long bytes) {}

    private StoreSnapshot(Path root, AutoCloseable hold, boolean linked) throws IOException {
        this.root = root;
        this.hold = hold;
        this.linked = linked;
        this.files = files(root);
    }

    /**
     * The files of a store that no process uses, kept from being used until this is closed.
     *
     * @throws IOException if a process uses it, or there is none
     */
    public static StoreSnapshot ofStopped(Path dataDir) throws IOException {
        if (!Files.isDirectory(dataDir.resolve(OBJECTS))) {
            throw new IOException(dataDir + " holds no data of a node");
        }
        var lock = DataLock.take(dataDir, ProcessHandle.current().pid());
        try {
            StoreRestore.refuseUnfinished(dataDir);
            return new StoreSnapshot(dataDir, lock, false);
        } catch (IOException e) {
            lock.close();
            throw e;
        }
    }

    static StoreSnapshot take(
            Path dataDir, DirectoryStore objects, FileJournals journals, ShardEngine engine)
            throws IOException {
        var snapshots = Files.createDirectories(dataDir.resolve(SNAPSHOTS));
        var root = Files.createTempDirectory(snapshots, "snapshot-");
        // Before anything is linked: a file written over would change under its link.
        var pin = journals.pin();
        try {
            Files.createDirectories(root.resolve(JOURNAL));
            var point = new ShardEngine.JournalPoint[1];
            objects.linkInto(
                    root.resolve(OBJECTS),
                    () -> {
                        point[0] = engine.journalPoint();
                        linkJournals(dataDir.resolve(JOURNAL), root.resolve(JOURNAL));
                    });
            try (var copy = DirectoryStore.open(root.resolve(OBJECTS))) {
                FileJournals.sealCopy(
                        copy,
                        names(root.resolve(JOURNAL)),
                        point[0].journalId(),
                        point[0].durableEntries());
            }
            return new StoreSnapshot(root, pin, true);
        } catch (IOException | RuntimeException e) {
            pin.close();
            remove(root);
            throw e;
        }
    }

    /** What a process left that ended with a snapshot open. */
    static void removeLeftovers(Path dataDir) throws IOException {
        remove(dataDir.resolve(SNAPSHOTS));
    }

    /** In the order of their names. */
    public List<Entry> files() {
        return files.entrySet().stream()
                .map(file -> new Entry(file.getKey(), file.getValue()))
                .sorted(Comparator.comparing(Entry::name))
                .toList();
    }

    /**
     * Fills {@code into} from a place in a file.
     *
     * @throws NoSuchFileException if it is none of {@link #files}
     * @throws IOException if the file ends before the buffer is full
     */
    public void read(String name, long offset, ByteBuffer into) throws IOException {
        if (!files.containsKey(name)) {
            throw new NoSuchFileException(name);
        }
        try (var file = FileChannel.open(root.resolve(name), StandardOpenOption.READ)) {
            long at = offset;
            while (into.hasRemaining()) {
                int read = file.read(into, at);
                if (read < 0) {
                    throw new IOException(name + " ends at " + at);
                }
                at += read;
            }
        }
    }

    @Override
    public void close() throws IOException {
        try {
            hold.close();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        } finally {
            if (linked) {
                remove(root);
            }
        }
    }

    private static void linkJournals(Path from, Path to) throws IOException {
        for (var name : names(from)) {
            try {
                Files.createLink(to.resolve(name), from.resolve(name));
            } catch (NoSuchFileException e) {
                // Given back meanwhile: the floor that says so was an object before.
            }
        }
    }

    private static List<String> names(Path journals) throws IOException {
        try (var found = Files.list(journals)) {
            return found.map(file -> String.valueOf(file.getFileName()))
                    .filter(FileJournals::isJournalFile)
                    .sorted()
                    .toList();
        }
    }

    private static Map<String, Long> files(Path root) throws IOException {
        var found = new HashMap<String, Long>();
        for (var folder : List.of(OBJECTS, JOURNAL)) {
            var top = root.resolve(folder);
            if (!Files.isDirectory(top)) {
                continue;
            }
            try (var all = Files.walk(top)) {
                for (var file : all.filter(Files::isRegularFile).toList()) {
                    var name = root.relativize(file).toString().replace('\\', '/');
                    boolean hidden = name.contains("/.");
                    boolean spare =
                            folder.equals(JOURNAL)
                                    && !FileJournals.isJournalFile(
                                            String.valueOf(file.getFileName()));
                    if (!hidden && !spare) {
                        found.put(name, Files.size(file));
                    }
                }
            }
        }
        return Map.copyOf(found);
    }

    private static void remove(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        var all = new ArrayList<Path>();
        try (var found = Files.walk(directory)) {
            found.forEach(all::add);
        }
        for (var path : all.reversed()) {
            Files.deleteIfExists(path);
        }
    }
}
