package io.headrace.store.object;

import io.headrace.store.file.Directories;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes directories that survive a power cut: an entry is durable once its parent was synced. It
 * remembers which are, and trusts no directory it finds, since who made it may have crashed before
 * the sync. Any thread may call.
 */
final class SyncedDirectories {
    /** Past it all are forgotten: that costs a sync each, and never an unbounded heap. */
    private static final int REMEMBERED_MAX = 1 << 16;

    private static final int OPEN_ROUNDS_MAX = 30;

    private final Path root;
    private final Set<Path> synced = ConcurrentHashMap.newKeySet();

    /** Directories of which every entry that a process before left is durable. */
    private final Set<Path> settled = ConcurrentHashMap.newKeySet();

    private final Map<Path, IOException> unsettled = new ConcurrentHashMap<>();

    private final DirectorySync sync;

    private final boolean shared;

    private SyncedDirectories(Path root, DirectorySync sync, boolean shared) {
        this.root = root;
        this.sync = sync;
        this.shared = shared;
    }

    static SyncedDirectories alone(Path root, DirectorySync sync) {
        return new SyncedDirectories(root, sync, false);
    }

    /** Of several processes, any of which may name an object and not come to the sync. */
    static SyncedDirectories shared(Path root, DirectorySync sync) {
        return new SyncedDirectories(root, sync, true);
    }

    boolean areShared() {
        return shared;
    }

    /** Makes those that are missing, level by level from the root, and syncs each parent once. */
    void ensure(Set<Path> directories) throws IOException {
        var missing = new TreeMap<Integer, Set<Path>>();
        for (var directory : directories) {
            for (var each = directory;
                    !each.equals(root) && !synced.contains(each);
                    each = parent(each)) {
                missing.computeIfAbsent(each.getNameCount(), _ -> new LinkedHashSet<>()).add(each);
            }
        }
        for (var level : missing.values()) {
            var parents = new LinkedHashSet<Path>();
            for (var directory : level) {
                make(directory);
                parents.add(parent(directory));
            }
            SyncBatch.run(parents, this::sync);
            if (synced.size() + level.size() > REMEMBERED_MAX) {
                synced.clear();
            }
            synced.addAll(level);
        }
    }

    private void make(Path directory) throws IOException {
        try {
            Files.createDirectory(directory);
            if (!shared) {
                // Nobody before us left anything there.
                settled.add(directory);
            }
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
    }

    private Path parent(Path directory) throws IOException {
        var parent = directory.getParent();
        if (parent == null) {
            throw new IOException(directory + " is not below " + root);
        }
        return parent;
    }

    /**
     * Makes what is found there durable before anyone builds on it: a process that was killed may
     * have named an object and not come to the sync. Once a directory is enough.
     */
    void settle(Path directory) throws IOException {
        if (settled.contains(directory)) {
            return;
        }
        var before = unsettled.get(directory);
        if (before != null) {
            throw new IOException(directory + " could not be synced; check the disk", before);
        }
        try {
            sync.sync(directory);
        } catch (NoSuchFileException | Directories.NotOpenedException e) {
            throw e;
        } catch (IOException e) {
            // Never tried again: the system tells of a failure once, and then all looks well.
            unsettled.put(directory, e);
            throw e;
        }
        if (shared) {
            return;
        }
        if (settled.size() >= REMEMBERED_MAX) {
            settled.clear();
        }
        settled.add(directory);
    }

    void forget(Path directory) {
        synced.remove(directory);
        settled.remove(directory);
    }

    void forgetAll() {
        synced.clear();
        settled.clear();
    }

    void sync(Path directory) throws UnsyncedDirectoryException {
        for (int attempt = 1; ; attempt++) {
            try {
                sync.sync(directory);
                return;
            } catch (Directories.NotOpenedException e) {
                // Each attempt takes seconds; what waits for it stays hidden.
                if (attempt == OPEN_ROUNDS_MAX) {
                    throw new UnsyncedDirectoryException(directory, e);
                }
            } catch (IOException e) {
                throw new UnsyncedDirectoryException(directory, e);
            }
        }
    }
}
