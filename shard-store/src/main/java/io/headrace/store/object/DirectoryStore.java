package io.headrace.store.object;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * An object a file. A create writes and syncs a temporary file, {@code link(2)}s it to its name,
 * which fails if the name exists (a rename would overwrite), and syncs the directory. Until that
 * last sync no reader sees the name: otherwise someone could act on an object that a power cut
 * takes back.
 *
 * <p>After a failed directory sync nobody knows what the disk holds, and reading it back would only
 * ask the page cache. The store then creates nothing any more until it is opened again, and the
 * object in question answers every read with an error; others stay readable.
 *
 * <p>One instance a directory, unless all are opened as shared; whoever opens it alone holds the
 * lock on the data. Any thread may call any method.
 */
public final class DirectoryStore implements ObjectStore {
    private static final String TEMPORARY = ".tmp";

    private final Path root;
    private final TemporaryFiles temporaryFiles;
    private final SyncedDirectories directories;
    private final ConcurrentHashMap<String, Creation> creations = new ConcurrentHashMap<>();

    /** Who creates or deletes shares it; who needs all to stand still excludes them. */
    private final ReentrantReadWriteLock layout = new ReentrantReadWriteLock();

    private volatile @Nullable IOException fencedBy;

    private DirectoryStore(
            Path root, TemporaryFiles temporaryFiles, SyncedDirectories directories) {
        this.root = root;
        this.temporaryFiles = temporaryFiles;
        this.directories = directories;
    }

    /** Opens the store in {@code root}, making the directory if needed; clears leftovers. */
    public static DirectoryStore open(Path root) throws IOException {
        return open(root, DirectorySync.OF_THE_SYSTEM);
    }

    static DirectoryStore open(Path root, DirectorySync sync) throws IOException {
        var absolute = root.toAbsolutePath();
        Files.createDirectories(absolute);
        return new DirectoryStore(
                        absolute,
                        TemporaryFiles.alone(absolute.resolve(TEMPORARY)),
                        SyncedDirectories.alone(absolute, sync))
                .settled();
    }

    /**
     * Opens a store that other processes use at the same time, on this machine or on others that
     * have the file system too. It trusts no directory it synced before, and leaves empty ones.
     *
     * @param process unlike that of any other process, also after a restart
     */
    public static DirectoryStore openShared(Path root, String process) throws IOException {
        var absolute = root.toAbsolutePath();
        Files.createDirectories(absolute);
        return new DirectoryStore(
                        absolute,
                        TemporaryFiles.ofOneOf(absolute.resolve(TEMPORARY), process),
                        SyncedDirectories.shared(absolute, DirectorySync.OF_THE_SYSTEM))
                .settled();
    }

    private DirectoryStore settled() throws IOException {
        temporaryFiles.open();
        directories.settle(root);
        var parent = root.getParent();
        if (parent != null) {
            directories.sync(parent);
        }
        return this;
    }

    @Override
    public boolean createIfAbsent(String name, ByteBuffer... content) throws IOException {
        var target = resolve(name);
        checkNotFenced();
        if (Files.exists(target) && !isHidden(name)) {
            return false;
        }
        var written = temporaryFiles.write(content);
        layout.readLock().lock();
        try {
            var creation = begin(name);
            if (Files.exists(target)) {
                end(name, creation);
                return false;
            }
            creation.hide();
            return linkAll(Map.of(name, creation), Map.of(name, written)).contains(name);
        } finally {
            layout.readLock().unlock();
            Files.deleteIfExists(written);
        }
    }

    @Override
    public Set<String> createAllIfAbsent(Map<String, ByteBuffer> objects) throws IOException {
        checkNotFenced();
        var temporariesByName = new ConcurrentSkipListMap<String, Path>();
        layout.readLock().lock();
        try {
            SyncBatch.run(
                    objects.entrySet(),
                    object -> {
                        if (!Files.exists(resolve(object.getKey()))) {
                            temporariesByName.put(
                                    object.getKey(),
                                    temporaryFiles.write(object.getValue().duplicate()));
                        }
                    });
            var begun = new LinkedHashMap<String, Creation>();
            // In name order, so that two batches can't wait for each other.
            try {
                for (var name : temporariesByName.keySet()) {
                    var creation = begin(name);
                    if (Files.exists(resolve(name))) {
                        end(name, creation);
                    } else {
                        creation.hide();
                        begun.put(name, creation);
                    }
                }
            } catch (IOException e) {
                // Others wait for what was begun.
                begun.forEach(this::end);
                throw e;
            }
            return linkAll(begun, temporariesByName);
        } finally {
            layout.readLock().unlock();
            for (var written : temporariesByName.values()) {
                Files.deleteIfExists(written);
            }
        }
    }

    @Override
    public Optional<ByteBuffer> get(String name) throws IOException {
        try (var file = FileChannel.open(resolve(name), StandardOpenOption.READ)) {
            if (isHidden(name) || Files.isDirectory(resolve(name))) {
                return Optional.empty();
            }
            directories.settle(parent(resolve(name)));
            return Optional.of(FileRange.read(name, file, 0, Math.toIntExact(file.size())));
        } catch (NoSuchFileException e) {
            isHidden(name);
            return Optional.empty();
        }
    }

    @Override
    public ByteBuffer read(String name, long offset, int length) throws IOException {
        try (var file = FileChannel.open(resolve(name), StandardOpenOption.READ)) {
            if (isHidden(name)) {
                throw new NoSuchFileException(name);
            }
            return FileRange.read(name, file, offset, length);
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(name);
        }
    }

    @Override
    public Optional<Long> size(String name) throws IOException {
        try {
            var file = Files.readAttributes(resolve(name), BasicFileAttributes.class);
            return isHidden(name) || !file.isRegularFile()
                    ? Optional.empty()
                    : Optional.of(file.size());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public List<String> list(String prefix) throws IOException {
        ObjectName.checkPrefix(prefix);
        int folderEnd = prefix.lastIndexOf('/') + 1;
        var names = new ArrayList<String>();
        collect(
                root.resolve(prefix.substring(0, folderEnd)),
                prefix.substring(0, folderEnd),
                prefix,
                names);
        var visible = new ArrayList<String>(names.size());
        for (var name : names) {
            if (!isHidden(name)) {
                visible.add(name);
            }
        }
        visible.sort(null);
        return visible;
    }

    @Override
    public void delete(String name) throws IOException {
        var file = resolve(name);
        layout.readLock().lock();
        try {
            if (!Files.deleteIfExists(file)) {
                return;
            }
        } finally {
            layout.readLock().unlock();
        }
        // A deleted stream leaves no empty directories behind. Looked at first without the lock:
        // most
        // deletes leave siblings.
        var folder = file.getParent();
        if (folder == null || folder.equals(root) || directories.areShared() || !isEmpty(folder)) {
            return;
        }
        layout.writeLock().lock();
        try {
            for (var empty = folder;
                    empty != null && !empty.equals(root) && isEmpty(empty);
                    empty = empty.getParent()) {
                directories.forget(empty);
                Files.deleteIfExists(empty);
            }
        } catch (DirectoryNotEmptyException e) {
            // Another process filled it: then it is not to go.
            directories.forgetAll();
        } finally {
            layout.writeLock().unlock();
        }
    }

    /**
     * Links every object into another directory of the same file system, as they are at one moment:
     * nothing is created or deleted meanwhile.
     *
     * @param atThatMoment what else has to happen then
     */
    public void linkInto(Path target, Linking atThatMoment) throws IOException {
        layout.writeLock().lock();
        try {
            checkNotFenced();
            var linker = new LinkedTree(root, target);
            Files.walkFileTree(root, linker);
            atThatMoment.run();
        } finally {
            layout.writeLock().unlock();
        }
    }

    /** What happens while all objects stand still. */
    @FunctionalInterface
    public interface Linking {
        void run() throws IOException;
    }

    @Override
    public Optional<String> trouble() {
        return Optional.ofNullable(fencedBy).map(IOException::toString);
    }

    @Override
    public void close() {}

    /** Waits until no one else creates this name, then takes the creation of it. */
    private Creation begin(String name) throws IOException {
        var mine = new Creation();
        while (true) {
            var other = creations.putIfAbsent(name, mine);
            if (other == null) {
                return mine;
            }
            other.await();
            checkNotFenced();
        }
    }

    private Set<String> linkAll(Map<String, Creation> begun, Map<String, Path> written)
            throws IOException {
        var linked = new HashSet<String>();
        try {
            IOException failure = null;
            try {
                link(begun.keySet(), written, linked);
            } catch (IOException e) {
                failure = e;
            }
            var folders = new LinkedHashSet<Path>();
            linked.forEach(name -> folders.add(parent(resolve(name))));
            SyncBatch.run(folders, directories::sync);
            if (failure != null) {
                throw linked.isEmpty()
                        ? temporaryFiles.asFull(failure, 0)
                        : new IOException("only " + linked + " were created", failure);
            }
            return linked;
        } catch (UnsyncedDirectoryException e) {
            fencedBy = e;
            linked.forEach(name -> begun.getOrDefault(name, new Creation()).suspect());
            throw e;
        } finally {
            begun.forEach(this::end);
        }
    }

    private void link(Set<String> names, Map<String, Path> written, Set<String> linked)
            throws IOException {
        var folders = new LinkedHashSet<Path>();
        names.forEach(name -> folders.add(parent(resolve(name))));
        directories.ensure(folders);
        for (var name : names) {
            var target = resolve(name);
            try {
                Files.createLink(target, Optional.ofNullable(written.get(name)).orElseThrow());
                linked.add(name);
            } catch (FileAlreadyExistsException e) {
                // Only another process can have come between; its object stands.
            }
        }
    }

    private void end(String name, Creation creation) {
        if (!creation.isSuspect()) {
            creations.remove(name, creation);
        }
        creation.done();
    }

    /** True if the name is being created; throws if its creation ended unclear. */
    private boolean isHidden(String name) throws IOException {
        var creation = creations.get(name);
        if (creation == null) {
            return false;
        }
        if (creation.isSuspect()) {
            throw new IOException("it is unknown whether " + name + " will survive", fencedBy);
        }
        return creation.isHidden();
    }

    private void checkNotFenced() throws IOException {
        var cause = fencedBy;
        if (cause != null) {
            throw new IOException(
                    "a directory under "
                            + root
                            + " could not be synced; check the disk, then restart",
                    cause);
        }
    }

    private void collect(Path folder, String folderName, String prefix, List<String> names)
            throws IOException {
        // Only what says that there is none counts as empty: a folder that cannot be looked at
        // would
        // make a shard look as if it had never been written.
        try {
            directories.settle(folder);
        } catch (NoSuchFileException e) {
            return;
        }
        try (var entries = Files.newDirectoryStream(folder)) {
            for (var entry : entries) {
                var file = entry.getFileName();
                if (file == null || file.toString().startsWith(".")) {
                    continue;
                }
                var name = folderName + file;
                if (isFolder(entry)) {
                    if (name.startsWith(prefix) || prefix.startsWith(name + "/")) {
                        collect(entry, name + "/", prefix, names);
                    }
                } else if (name.startsWith(prefix)) {
                    names.add(name);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            // No such folder, or it went while we looked: it holds no objects.
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /** Unlike {@link Files#isDirectory}, which says no where it could not find out. */
    private static boolean isFolder(Path entry) throws IOException {
        try {
            return Files.readAttributes(entry, BasicFileAttributes.class).isDirectory();
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private Path resolve(String name) {
        return root.resolve(ObjectName.checked(name));
    }

    private static Path parent(Path path) {
        return Optional.ofNullable(path.getParent()).orElseThrow();
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (var entries = Files.newDirectoryStream(folder)) {
            return !entries.iterator().hasNext();
        } catch (NoSuchFileException e) {
            return false;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }
}
