package io.headrace.store.file;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Tells a full disk from a broken one. The JDK has no exception of its own for ENOSPC, and its
 * words are those of the process's locale: what is left tells, and for quotas the English words.
 * Any thread.
 */
public final class DiskRoom {
    /** What else a write needs: blocks for names, and for the map of what is used. */
    private static final long SLACK_BYTES = 64 << 10;

    private DiskRoom() {}

    /**
     * Whether a write failed for want of room; asked before what it left is removed, or after.
     *
     * @param folder on the file system written to
     * @param bytes how much was to be written
     */
    public static boolean isFull(IOException failure, Path folder, long bytes) {
        var words = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        if (words.contains("no space left") || words.contains("quota exceeded")) {
            return true;
        }
        try {
            return isFull(Files.getFileStore(folder), bytes);
        } catch (IOException e) {
            failure.addSuppressed(e);
            return false;
        }
    }

    private static boolean isFull(FileStore store, long bytes) throws IOException {
        // Some report neither, as 0.
        return store.getTotalSpace() > 0 && store.getUsableSpace() < bytes + SLACK_BYTES;
    }
}
