package io.headrace.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskRoomTest {
    private static final long MORE_THAN_ANY_DISK_HAS = Long.MAX_VALUE / 2;

    @TempDir Path folder;

    @Test
    void whatIsLeftTellsWhateverTheWordsAre() {
        var german = new IOException("Auf dem Gerät ist kein Speicherplatz mehr verfügbar");
        assertThat(DiskRoom.isFull(german, folder, MORE_THAN_ANY_DISK_HAS)).isTrue();
        assertThat(DiskRoom.isFull(new IOException(), folder, MORE_THAN_ANY_DISK_HAS)).isTrue();
        assertThat(DiskRoom.isFull(new IOException("Input/output error"), folder, 1)).isFalse();
    }

    @Test
    void aQuotaIsKnownByItsWords() {
        var quota = new IOException("Disk quota exceeded");
        assertThat(DiskRoom.isFull(quota, folder, 1)).isTrue();
        assertThat(DiskRoom.isFull(new IOException("No space left on device"), folder, 1)).isTrue();
    }

    @Test
    void aFolderThatIsGoneIsNoFullDisk() {
        var failure = new IOException("Input/output error");
        assertThat(DiskRoom.isFull(failure, folder.resolve("gone"), 1)).isFalse();
        assertThat(failure.getSuppressed()).hasSize(1);
    }
}
