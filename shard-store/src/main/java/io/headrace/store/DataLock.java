package io.headrace.store;

import io.headrace.store.file.Directories;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Keeps a second process out of a data directory; the system lets go when the process ends. */
final class DataLock implements AutoCloseable {
    private final FileChannel channel;

    private DataLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * @throws IOException naming the directory and, if it can be had, the process that holds it
     */
    static DataLock take(Path dataDir, long pid) throws IOException {
        Files.createDirectories(dataDir);
        var parent = dataDir.toAbsolutePath().getParent();
        if (parent != null) {
            // The directory's own name has to survive a power cut too.
            Directories.sync(parent);
        }
        var channel =
                FileChannel.open(
                        dataDir.resolve("lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                throw inUse(dataDir, channel, null);
            }
        } catch (OverlappingFileLockException e) {
            var refusal = inUse(dataDir, channel, e);
            channel.close();
            throw refusal;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(Long.toString(pid).getBytes(StandardCharsets.US_ASCII)), 0);
        return new DataLock(channel);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static IOException inUse(Path dataDir, FileChannel channel, @Nullable Exception cause)
            throws IOException {
        var text = ByteBuffer.allocate(20);
        channel.read(text, 0);
        var pid = StandardCharsets.US_ASCII.decode(text.flip()).toString();
        return new IOException(
                "the data directory %s is in use by another process%s"
                        .formatted(dataDir, pid.matches("[0-9]+") ? ", pid " + pid : ""),
                cause);
    }
}
