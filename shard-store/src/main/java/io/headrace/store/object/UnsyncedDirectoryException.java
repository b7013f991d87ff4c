package io.headrace.store.object;

import java.io.IOException;
import java.nio.file.Path;

/** A directory could not be synced: nobody knows which of its new entries will survive. */
final class UnsyncedDirectoryException extends IOException {
    UnsyncedDirectoryException(Path directory, IOException cause) {
        super("it is unknown what survives in " + directory + ": its sync failed", cause);
    }
}
