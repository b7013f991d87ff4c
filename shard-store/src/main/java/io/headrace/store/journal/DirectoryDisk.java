package io.headrace.store.journal;

import io.headrace.store.object.StoreFullException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;

/** A directory of the file system. */
public final class DirectoryDisk implements JournalDisk {
    private static final int ZEROS_BYTES = 1 << 20;

    private final Path directory;

    public DirectoryDisk(Path directory) throws IOException {
        this.directory = directory;
        Files.createDirectories(directory);
        var parent = directory.toAbsolutePath().getParent();
        if (parent != null) {
            syncDirectory(parent);
        }
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
        var channel =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        try {
            // Written, not only allocated: an append into zeros changes no metadata, so that its
            // sync is one write to the disk (five times faster than on a growing file).
            var zeros = ByteBuffer.allocateDirect(Math.min(ZEROS_BYTES, bytes));
            for (int offset = 0; offset < bytes; offset += zeros.limit()) {
                zeros.clear().limit(Math.min(zeros.capacity(), bytes - offset));
                writeFully(channel, zeros, offset);
            }
            channel.force(true);
            syncDirectory(directory);
            return new ChannelFile(channel);
        } catch (IOException e) {
            channel.close();
            Files.deleteIfExists(path);
            throw isFull(e) ? new StoreFullException("no room for " + path, e) : e;
        }
    }

    @Override
    public JournalFile open(String name) throws IOException {
        return new ChannelFile(
                FileChannel.open(
                        directory.resolve(name),
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        var target = directory.resolve(to);
        if (Files.exists(target)) {
            throw new FileAlreadyExistsException(target.toString());
        }
        Files.move(directory.resolve(from), target);
        syncDirectory(directory);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(directory.resolve(name));
    }

    @Override
    public String toString() {
        return directory.toString();
    }

    private static void syncDirectory(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer source, long offset)
            throws IOException {
        long at = offset;
        while (source.hasRemaining()) {
            at += channel.write(source, at);
        }
    }

    /** The JDK has no exception of its own for ENOSPC and EDQUOT; strerror's words tell them. */
    private static boolean isFull(IOException e) {
        var message = e.getMessage();
        if (message == null) {
            return false;
        }
        var words = message.toLowerCase(Locale.ROOT);
        return words.contains("no space left") || words.contains("quota exceeded");
    }

    private record ChannelFile(FileChannel channel) implements JournalFile {
        @Override
        public int size() throws IOException {
            return Math.toIntExact(channel.size());
        }

        @Override
        public void write(ByteBuffer source, long offset) throws IOException {
            writeFully(channel, source, offset);
        }

        @Override
        public void sync() throws IOException {
            channel.force(false);
        }

        @Override
        public void read(ByteBuffer target, long offset) throws IOException {
            long at = offset;
            while (target.hasRemaining()) {
                int read = channel.read(target, at);
                if (read < 0) {
                    throw new EOFException("file ends at " + at);
                }
                at += read;
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
