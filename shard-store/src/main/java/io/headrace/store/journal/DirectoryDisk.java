package io.headrace.store.journal;

import io.headrace.store.file.AlignedBuffers;
import io.headrace.store.file.Directories;
import io.headrace.store.file.DiskFile;
import io.headrace.store.file.DiskRoom;
import io.headrace.store.object.StoreFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** A directory of the file system. */
public final class DirectoryDisk implements JournalDisk {
    /** Left free for small objects. */
    private static final long RESERVED_BYTES = 48 << 20;

    private static final int ZEROS_BYTES = 1 << 20;

    private final Path directory;
    private final boolean direct;

    public DirectoryDisk(Path directory) throws IOException {
        this.directory = directory;
        Files.createDirectories(directory);
        var parent = directory.toAbsolutePath().getParent();
        if (parent != null) {
            Directories.sync(parent);
        }
        this.direct = DiskFile.isDirectPossible(directory);
    }

    @Override
    public List<String> list() throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public JournalFile create(String name, int bytes) throws IOException {
        var path = directory.resolve(name);
        // Filling the disk to the last byte would take the room that manifests need, and with them
        // what gives room back. An unknown size is 0.
        long usable = directory.toFile().getUsableSpace();
        if (usable > 0 && usable < bytes + RESERVED_BYTES) {
            throw new StoreFullException(
                    "no room for " + path, new IOException(usable + " bytes are left"));
        }
        var file = open(path, StandardOpenOption.CREATE_NEW);
        try {
            // Written, not only allocated: an append into zeros changes no metadata, so that its
            // sync is one write to the disk (five times faster than on a growing file).
            var zeros = AlignedBuffers.allocate(Math.min(ZEROS_BYTES, bytes));
            for (int offset = 0; offset < bytes; offset += zeros.limit()) {
                zeros.clear().limit(Math.min(zeros.capacity(), bytes - offset));
                file.write(zeros, offset);
            }
            file.syncAll();
            Directories.sync(directory);
            return new OpenFile(file);
        } catch (IOException e) {
            file.close();
            Files.deleteIfExists(path);
            throw DiskRoom.isFull(e, directory, bytes)
                    ? new StoreFullException("no room for " + path, e)
                    : e;
        }
    }

    @Override
    public JournalFile open(String name) throws IOException {
        return new OpenFile(open(directory.resolve(name)));
    }

    private DiskFile open(Path path, StandardOpenOption... more) throws IOException {
        var options = new ArrayList<>(List.of(more));
        options.add(StandardOpenOption.READ);
        options.add(StandardOpenOption.WRITE);
        return DiskFile.open(path, direct, options.toArray(StandardOpenOption[]::new));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        var target = directory.resolve(to);
        if (Files.exists(target)) {
            throw new FileAlreadyExistsException(target.toString());
        }
        Files.move(directory.resolve(from), target);
        Directories.sync(directory);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(directory.resolve(name));
    }

    @Override
    public String toString() {
        return directory.toString();
    }

    private record OpenFile(DiskFile file) implements JournalFile {
        @Override
        public int size() throws IOException {
            return Math.toIntExact(file.size());
        }

        @Override
        public void write(ByteBuffer source, long offset) throws IOException {
            file.write(source, offset);
        }

        @Override
        public void sync() throws IOException {
            file.sync();
        }

        @Override
        public void read(ByteBuffer target, long offset) throws IOException {
            file.read(target, offset);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
