package io.headrace.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Puts the files of a snapshot into an empty data directory. Until {@link #finish} no store opens
 * there, also after a crash: half a copy would look like a store that lost data. For one thread.
 */
public final class StoreRestore implements AutoCloseable {
    private static final String MARK = "restoring";

    /** What may stand in a directory that counts as empty. */
    private static final Set<String> NOTHING = Set.of("lock", "lost+found");

    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private static final Set<String> TOP_FILES = Set.of("keys.json");
    private static final Set<String> TOP_FOLDERS = Set.of("objects", "journal");

    private final Path dataDir;
    private final DataLock lock;
    private final Set<Path> folders = new LinkedHashSet<>();

    private StoreRestore(Path dataDir, DataLock lock) {
        this.dataDir = dataDir;
        this.lock = lock;
    }

    /**
     * Begins, making the directory if needed.
     *
     * @throws IOException if there is anything in it, or a process uses it
     */
    public static StoreRestore into(Path dataDir) throws IOException {
        Files.createDirectories(dataDir);
        var lock = DataLock.take(dataDir, ProcessHandle.current().pid());
        try {
            refuseUnlessEmpty(dataDir);
            Files.createFile(dataDir.resolve(MARK));
            sync(dataDir);
            return new StoreRestore(dataDir, lock);
        } catch (IOException e) {
            lock.close();
            throw e;
        }
    }

    private static void refuseUnlessEmpty(Path dataDir) throws IOException {
        try (var there = Files.list(dataDir)) {
            var found =
                    there.map(path -> String.valueOf(path.getFileName()))
                            .filter(name -> !NOTHING.contains(name))
                            .findFirst();
            if (found.isPresent()) {
                throw new IOException(
                        "%s is not empty: it holds %s".formatted(dataDir, found.get()));
            }
        }
    }

    /**
     * Refuses a directory that a restore did not finish.
     *
     * @throws IOException saying so
     */
    static void refuseUnfinished(Path dataDir) throws IOException {
        if (Files.exists(dataDir.resolve(MARK))) {
            throw new IOException(
                    "a restore into %s did not finish: empty the directory and restore again"
                            .formatted(dataDir));
        }
    }

    /**
     * Writes one file, durably but for its name.
     *
     * @throws IOException also if the name is not one that a snapshot has
     */
    public void file(String name, InputStream content) throws IOException {
        var target = dataDir.resolve(checked(name));
        var folder = target.getParent();
        if (folder == null) {
            throw new IOException("no folder of " + target);
        }
        Files.createDirectories(folder);
        for (var above = folder;
                above != null && above.startsWith(dataDir) && folders.add(above);
                above = above.getParent()) {
            // Every folder on the way is synced at the end.
        }
        // Records may be private, and a key file that others may read is refused.
        try (var written =
                FileChannel.open(
                        target,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        OWNER_ONLY)) {
            content.transferTo(Channels.newOutputStream(written));
            written.force(true);
        }
    }

    /** All files are there: from now on a store may open. */
    public void finish() throws IOException {
        for (var folder : folders) {
            sync(folder);
        }
        sync(dataDir);
        Files.delete(dataDir.resolve(MARK));
        sync(dataDir);
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }

    private static String checked(String name) throws IOException {
        var parts = name.split("/", -1);
        boolean known =
                parts.length == 1 ? TOP_FILES.contains(name) : TOP_FOLDERS.contains(parts[0]);
        for (var part : parts) {
            known &= !part.isEmpty() && !part.startsWith(".") && part.indexOf('\\') < 0;
        }
        if (!known) {
            throw new IOException("a store has no file of the name " + name);
        }
        return name;
    }

    private static void sync(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
