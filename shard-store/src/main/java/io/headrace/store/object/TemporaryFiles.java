package io.headrace.store.object;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;

/** Files that are written and synced before they get their name. Any thread may call. */
final class TemporaryFiles {
    /** A heap buffer is written through a direct one of the JDK's that it keeps per thread. */
    private static final int WRITE_BYTES_MAX = 1 << 20;

    private final Path folder;
    private final AtomicLong written = new AtomicLong();

    TemporaryFiles(Path folder) {
        this.folder = folder;
    }

    /** Makes the folder, and clears what a crash left in it. */
    void open() throws IOException {
        Files.createDirectories(folder);
        try (var leftovers = Files.newDirectoryStream(folder)) {
            for (var leftover : leftovers) {
                Files.deleteIfExists(leftover);
            }
        }
        probe();
    }

    Path write(ByteBuffer... content) throws IOException {
        var file = folder.resolve(Long.toString(written.getAndIncrement()));
        try (var channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (var part : content) {
                while (part.hasRemaining()) {
                    int end = part.limit();
                    part.limit(part.position() + Math.min(part.remaining(), WRITE_BYTES_MAX));
                    try {
                        channel.write(part);
                    } finally {
                        part.limit(end);
                    }
                }
            }
            channel.force(false);
            return file;
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw asFull(e);
        }
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

    static IOException asFull(IOException e) {
        var message = String.valueOf(e.getMessage());
        return message.contains("No space left on device")
                        || message.contains("Disk quota exceeded")
                ? new StoreFullException("no room on the disk", e)
                : e;
    }
}
