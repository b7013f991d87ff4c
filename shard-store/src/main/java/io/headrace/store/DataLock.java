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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Keeps a second process out of a data directory; the system lets go when the process ends. */
final class DataLock implements AutoCloseable {
    /**
     * Held in this process, and for which. The system would let go of its lock as soon as any
     * channel to the file is closed, also one that was only opened to find it taken.
     */
    private static final Map<Path, Long> HELD = new ConcurrentHashMap<>();

    private final FileChannel channel;
    private final Path held;

    private DataLock(FileChannel channel, Path held) {
        this.channel = channel;
        this.held = held;
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
        var held = dataDir.toRealPath();
        var holder = HELD.putIfAbsent(held, pid);
        if (holder != null) {
            throw inUse(dataDir, holder.toString(), null);
        }
        try {
            return new DataLock(lock(dataDir, pid), held);
        } catch (IOException | RuntimeException e) {
            HELD.remove(held);
            throw e;
        }
    }

    private static FileChannel lock(Path dataDir, long pid) throws IOException {
        var channel =
                FileChannel.open(
                        dataDir.resolve("lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                throw inUse(dataDir, holder(channel), null);
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(Long.toString(pid).getBytes(StandardCharsets.US_ASCII)), 0);
            return channel;
        } catch (OverlappingFileLockException e) {
            var refusal = inUse(dataDir, holder(channel), e);
            channel.close();
            throw refusal;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (!channel.isOpen()) {
            // Another may hold the directory by now.
            return;
        }
        try {
            channel.close();
        } finally {
            HELD.remove(held);
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        var text = ByteBuffer.allocate(20);
        channel.read(text, 0);
        return StandardCharsets.US_ASCII.decode(text.flip()).toString();
    }

    private static IOException inUse(Path dataDir, String pid, @Nullable Exception cause) {
        return new IOException(
                "the data directory %s is in use by another process%s"
                        .formatted(dataDir, pid.matches("[0-9]+") ? ", pid " + pid : ""),
                cause);
    }
}
