package io.headrace.store.object;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Makes a directory's entries durable; a seam, since no test can make a real disk fail here. */
@FunctionalInterface
interface DirectorySync {
    DirectorySync OF_THE_SYSTEM =
            directory -> {
                try (var channel = open(directory)) {
                    channel.force(true);
                }
            };

    int OPEN_ATTEMPTS_MAX = 100;
    long OPEN_PAUSE_MS = 20;

    /** After an exception nobody knows what the disk holds. */
    void sync(Path directory) throws IOException;

    /** A moment without a free file descriptor must not look like a failed sync. */
    private static FileChannel open(Path directory) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return FileChannel.open(directory, StandardOpenOption.READ);
            } catch (NoSuchFileException e) {
                throw e;
            } catch (IOException e) {
                if (attempt == OPEN_ATTEMPTS_MAX) {
                    throw e;
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
