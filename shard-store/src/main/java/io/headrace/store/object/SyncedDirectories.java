package io.headrace.store.object;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes directories that survive a power cut: an entry is durable once its parent was synced. It
 * remembers which are, and trusts no directory it finds, since who made it may have crashed before
 * the sync. Any thread may call.
 */
final class SyncedDirectories {
    /** Past it all are forgotten: that costs a sync each, and never an unbounded heap. */
    private static final int REMEMBERED_MAX = 1 << 16;

    private final Path root;
    private final Set<Path> synced = ConcurrentHashMap.newKeySet();

    private final DirectorySync sync;

    SyncedDirectories(Path root, DirectorySync sync) {
        this.root = root;
        this.sync = sync;
    }

    void ensure(Path directory) throws IOException {
        if (directory.equals(root) || synced.contains(directory)) {
            return;
        }
        var parent = directory.getParent();
        if (parent == null) {
            throw new IOException(directory + " is not below " + root);
        }
        ensure(parent);
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
        sync(parent);
        if (synced.size() >= REMEMBERED_MAX) {
            synced.clear();
        }
        synced.add(directory);
    }

    void forget(Path directory) {
        synced.remove(directory);
    }

    void forgetAll() {
        synced.clear();
    }

    void sync(Path directory) throws UnsyncedDirectoryException {
        try {
            sync.sync(directory);
        } catch (IOException e) {
            throw new UnsyncedDirectoryException(directory, e);
        }
    }
}
