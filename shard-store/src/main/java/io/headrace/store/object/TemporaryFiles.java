package io.headrace.store.object;

import io.headrace.store.file.DiskFile;
import io.headrace.store.file.DiskRoom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Files that are written and synced before they get their name. Any thread may call. */
final class TemporaryFiles {
    /**
     * An object of so much is a segment, which is seldom read soon: it leaves the page cache to
     * others. For less the cache costs less than going past it.
     */
    private static final int DIRECT_BYTES_MIN = 256 << 10;

    private static final long RESERVED_BYTES = 24 << 20;

    /** Nothing is written for so long. */
    private static final long LEFT_MS = 86_400_000;

    private final Path folder;
    private boolean direct;
    private final AtomicLong written = new AtomicLong();

    private final boolean alone;

    private TemporaryFiles(Path folder, boolean alone) {
        this.folder = folder;
        this.alone = alone;
    }

    static TemporaryFiles alone(Path folder) {
        return new TemporaryFiles(folder, true);
    }

    /** In a folder of this process, beside those of others. */
    static TemporaryFiles ofOneOf(Path parent, String process) {
        return new TemporaryFiles(parent.resolve(process), false);
    }

    /** Makes the folder, and clears what a crash left in it. */
    void open() throws IOException {
        Files.createDirectories(folder);
        if (alone) {
            clear(folder, Long.MAX_VALUE);
        } else {
            clearOthers();
        }
        direct = DiskFile.isDirectPossible(folder);
        probe();
    }

    /** What others left so long ago that they have ended; by the time of the file system. */
    private void clearOthers() throws IOException {
        long now = Files.getLastModifiedTime(folder).toMillis();
        var parent = folder.getParent();
        if (parent == null) {
            return;
        }
        try (var others = Files.newDirectoryStream(parent)) {
            for (var other : others) {
                if (Files.isDirectory(other)) {
                    clear(other, now - LEFT_MS);
                } else {
                    // Of a process that had the store alone.
                    Files.deleteIfExists(other);
                }
            }
        }
    }

    private static void clear(Path folder, long beforeMs) throws IOException {
        try (var leftovers = Files.newDirectoryStream(folder)) {
            for (var leftover : leftovers) {
                if (Files.isRegularFile(leftover)
                        && Files.getLastModifiedTime(leftover).toMillis() < beforeMs) {
                    Files.deleteIfExists(leftover);
                }
            }
        } catch (NoSuchFileException e) {
            // Another process clears too; what it took is gone all the same.
        }
    }

    Path write(ByteBuffer... content) throws IOException {
        var file = folder.resolve(Long.toString(written.getAndIncrement()));
        long length = lengthOf(content);
        try {
            if (length >= DIRECT_BYTES_MIN) {
                refuseWithoutRoom(length);
            }
            if (direct && length >= DIRECT_BYTES_MIN) {
                writeDirect(file, content);
            } else {
                writeCached(file, content);
            }
            return file;
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw asFull(e, length);
        }
    }

    /** The last room is for small objects: without a manifest nothing can ever be given back. */
    private void refuseWithoutRoom(long length) throws StoreFullException {
        // 0 if nobody can tell; then the write itself will.
        long usable = folder.toFile().getUsableSpace();
        if (usable > 0 && usable < length + RESERVED_BYTES) {
            throw new StoreFullException(
                    "no room on the disk", new IOException(usable + " bytes are left"));
        }
    }

    private static void writeDirect(Path file, ByteBuffer... content) throws IOException {
        try (var target =
                DiskFile.open(
                        file, true, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            target.writeAll(content);
            target.sync();
        }
    }

    private static void writeCached(Path file, ByteBuffer... content) throws IOException {
        try (var channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (var part : content) {
                while (part.hasRemaining()) {
                    channel.write(part);
                }
            }
            channel.force(false);
        }
    }

    private static long lengthOf(ByteBuffer... content) {
        return Stream.of(content).mapToLong(ByteBuffer::remaining).sum();
    }

    /** Fails early, in words, where the file system has no hard links. */
    private void probe() throws IOException {
        var written = write(ByteBuffer.allocate(1));
        var link = folder.resolve("link");
        try {
            Files.createLink(link, written);
            Files.createLink(link, written);
            throw new IOException(
                    "link(2) overwrites in " + folder + ": create-if-absent is not safe");
        } catch (FileAlreadyExistsException e) {
            Files.delete(link);
        } catch (UnsupportedOperationException e) {
            throw new IOException("the file system of " + folder + " has no hard links", e);
        } finally {
            Files.deleteIfExists(written);
        }
    }

    /**
     * The same, or that there was no room for so many bytes. What is unknown stays unknown, however
     * little room there is: the store must not go on after it.
     */
    IOException asFull(IOException e, long bytes) {
        boolean isKnown = !(e instanceof UnsyncedDirectoryException);
        return isKnown && !(e instanceof StoreFullException) && DiskRoom.isFull(e, folder, bytes)
                ? new StoreFullException("no room on the disk", e)
                : e;
    }
}
