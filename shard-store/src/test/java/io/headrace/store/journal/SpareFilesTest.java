package io.headrace.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Renames that are done and not known to be durable: the sync of the directory failed. */
class SpareFilesTest {
    private static final int FILE_BYTES = 8192;

    private final FaultyDisk disk = new FaultyDisk(new Random(1));
    private final UnsyncedRenames unsynced = new UnsyncedRenames(disk);
    private final SpareFiles spares = new SpareFiles(unsynced, FILE_BYTES, 2);
    private final JournalId id = JournalId.random(new Random(2));

    @Test
    void aNameIsFreeAgainAfterAFailedSync() throws IOException {
        spares.take(id, 0).close();
        spares.giveBack(SpareFiles.nameOf(id, 0));
        unsynced.failing = true;
        assertThatThrownBy(() -> spares.take(id, 1)).hasMessage("the sync failed");
        unsynced.failing = false;
        spares.take(id, 1).close();
        assertThat(disk.list()).containsExactly(SpareFiles.nameOf(id, 1));
        assertThat(spares.storedBytes()).isEqualTo(FILE_BYTES);
    }

    @Test
    void aFileThatCouldNotBecomeASpareIsGone() throws IOException {
        spares.take(id, 0).close();
        unsynced.failing = true;
        assertThatThrownBy(() -> spares.giveBack(SpareFiles.nameOf(id, 0)))
                .hasMessage("the sync failed");
        assertThat(disk.list()).isEmpty();
        assertThat(spares.storedBytes()).isZero();
        spares.take(id, 1).close();
        assertThat(disk.list()).containsExactly(SpareFiles.nameOf(id, 1));
    }

    @Test
    void aFileThatCouldNotBeDeletedIsNoJournalsAnyMore() throws IOException {
        spares.take(id, 0).close();
        spares.pin();
        unsynced.deletesFail = true;
        assertThatThrownBy(() -> spares.giveBack(SpareFiles.nameOf(id, 0)))
                .hasMessage("the delete failed");
        assertThat(spares.storedBytes()).isZero();
    }

    private static final class UnsyncedRenames implements JournalDisk {
        private final JournalDisk disk;
        private boolean failing;
        private boolean deletesFail;

        UnsyncedRenames(JournalDisk disk) {
            this.disk = disk;
        }

        @Override
        public List<String> list() throws IOException {
            return disk.list();
        }

        @Override
        public JournalFile create(String name, int bytes) throws IOException {
            return disk.create(name, bytes);
        }

        @Override
        public JournalFile open(String name) throws IOException {
            return disk.open(name);
        }

        @Override
        public void rename(String from, String to) throws IOException {
            disk.rename(from, to);
            if (failing) {
                throw new IOException("the sync failed");
            }
        }

        @Override
        public void delete(String name) throws IOException {
            if (deletesFail) {
                throw new IOException("the delete failed");
            }
            disk.delete(name);
        }
    }
}
