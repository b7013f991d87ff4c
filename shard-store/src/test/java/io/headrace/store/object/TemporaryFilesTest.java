package io.headrace.store.object;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryFilesTest {
    private static final long MORE_THAN_ANY_DISK_HAS = 1L << 60;

    @TempDir Path folder;

    /** A store that took it for a full disk would go on, and sync the directory again. */
    @Test
    void afterAFailedSyncTheOutcomeIsUnknownHoweverFullTheDiskIs() {
        var files = TemporaryFiles.alone(folder);
        var failure = new IOException("Input/output error");
        var unsynced = new UnsyncedDirectoryException(folder, failure);
        assertThat(files.asFull(failure, MORE_THAN_ANY_DISK_HAS))
                .isInstanceOf(StoreFullException.class);
        assertThat(files.asFull(unsynced, MORE_THAN_ANY_DISK_HAS)).isSameAs(unsynced);
    }
}
