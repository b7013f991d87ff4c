package io.headrace.store.file;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Makes names durable. Any thread. */
public final class Directories {
    private static final int OPEN_ATTEMPTS_MAX = 100;
    private static final long OPEN_PAUSE_MS = 20;

    private Directories() {}

    /** A directory could not even be opened: no sync was tried, so it may be tried again. */
    public static final class NotOpenedException extends IOException {
        private static final long serialVersionUID = 1;

        NotOpenedException(Path directory, IOException cause) {
            super(directory + " cannot be opened", cause);
        }
    }

    /**
     * Makes all entries of the directory durable.
     *
     * @throws NotOpenedException if nothing was tried
     * @throws NoSuchFileException if there is no such directory
     * @throws IOException if nobody knows what the disk holds now; never to be tried again
     */
    public static void sync(Path directory) throws IOException {
        try (var channel = open(directory)) {
            channel.force(true);
        }
    }

    /** A moment without a free file descriptor must not look like a failed sync. */
    private static FileChannel open(Path directory) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return FileChannel.open(directory, StandardOpenOption.READ);
            } catch (NoSuchFileException e) {
                throw e;
            } catch (IOException e) {
                if (attempt == OPEN_ATTEMPTS_MAX) {
                    throw new NotOpenedException(directory, e);
                }
                pause();
            }
        }
    }

    private static void pause() throws InterruptedIOException {
        try {
            Thread.sleep(OPEN_PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("while a directory was to be synced");
        }
    }
}
