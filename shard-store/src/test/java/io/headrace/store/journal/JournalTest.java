package io.headrace.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.object.MemoryStore;
import io.headrace.store.object.StoreFullException;
import io.headrace.store.record.Block;
import io.headrace.store.record.JoinedCrc;
import io.headrace.store.record.TestBlocks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Journals alone: what counts after a crash, and what is refused. */
@Timeout(60)
class JournalTest {
    private static final int FILE_BYTES = 32 << 10;
    private static final int ENTRY_BYTES_MAX = 8 << 10;

    private final Random random = new Random(7);
    private final MemoryStore objects = new MemoryStore();
    private final FaultyDisk disk = new FaultyDisk(random);

    @Test
    void entriesAreFoundAgainInOrder() throws IOException {
        var journal = journals(disk).begin();
        var positions = new ArrayList<Long>();
        for (int i = 0; i < 20; i++) {
            positions.add(journal.append(List.of(block(i), block(100 + i))));
            assertThat(journal.sync()).isEqualTo(i + 1);
        }
        disk.crash();
        var found = new ArrayList<String>();
        var journals = journals(disk);
        var sealed =
                journals.recover((reader, entry, position, block) ->
                        found.add(entry + ":" + block.firstIndex() + "@" + position));
        assertThat(sealed).hasSize(1);
        assertThat(sealed.getFirst().entries()).isEqualTo(20);
        var expected = new ArrayList<String>();
        for (int i = 0; i < 20; i++) {
            long second = positions.get(i) + block(i).length();
            expected.add(i + ":" + i + "@" + positions.get(i));
            expected.add(i + ":" + (100 + i) + "@" + second);
        }
        assertThat(found).isEqualTo(expected);
        var read = sealed.getFirst().reader().read(positions.get(5), block(5).length());
        assertThat(read).isEqualTo(block(5).content());
    }

    @Test
    void anUnsyncedTailIsNoDamage() throws IOException {
        for (int run = 0; run < 200; run++) {
            var store = new MemoryStore();
            var torn = new FaultyDisk(random);
            var journal = journals(torn, store).begin();
            int synced = random.nextInt(5);
            for (int i = 0; i < synced; i++) {
                append(journal, i);
                journal.sync();
            }
            int written = synced + random.nextInt(5);
            for (int i = synced; i < written; i++) {
                append(journal, i);
            }
            torn.crash();
            assertThat(recovered(torn, store)).isBetween((long) synced, (long) written);
        }
    }

    @Test
    void aFlippedBitInADurableEntryIsRefusedByName() throws IOException {
        var journal = journals(disk).begin();
        for (int i = 0; i < 3; i++) {
            append(journal, i);
            journal.sync();
        }
        assertThat(journal.mark()).isTrue();
        journal.sync();
        var name = fileOf(journal);
        int frame = (int) Frame.extent(block(0).length());
        for (int entry = 0; entry < 3; entry++) {
            for (int bit : new int[] {0, 40, 12 * 8, 33 * 8 + 1, 47 * 8, 64 * 8, 100 * 8}) {
                long flipped = (long) entry * frame * 8 + bit;
                disk.flipBit(name, flipped);
                assertThatThrownBy(() -> recovered(disk, objects))
                        .as("entry %d, bit %d", entry, bit)
                        .isInstanceOf(DamagedJournalException.class)
                        .hasMessageContaining(name + " offset " + entry * frame)
                        .hasMessageContaining("entry " + entry);
                disk.flipBit(name, flipped);
            }
        }
        assertThat(recovered(disk, objects)).isEqualTo(3);
    }

    @Test
    void aSealedJournalKeepsItsEndWhateverFollows() throws IOException {
        var journal = journals(disk).begin();
        append(journal, 0);
        journal.sync();
        append(journal, 1);
        disk.failNextSync();
        assertThatThrownBy(journal::sync).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> append(journal, 2)).isInstanceOf(IOException.class);
        assertThat(journal.seal()).isEqualTo(1);
        assertThat(recovered(disk, objects)).isEqualTo(1);
    }

    @Test
    void aLostFileIsRefused() throws IOException {
        var journal = journals(disk).begin();
        for (int i = 0; i < 30; i++) {
            append(journal, i);
            journal.sync();
        }
        var names = disk.list().stream().filter(SpareFiles::isJournalFile).toList();
        disk.delete(names.getFirst());
        assertThatThrownBy(() -> recovered(disk, objects))
                .isInstanceOf(DamagedJournalException.class);
        names.forEach(disk::delete);
        assertThatThrownBy(() -> recovered(disk, objects))
                .isInstanceOf(DamagedJournalException.class)
                .hasMessageContaining(journal.id());
    }

    @Test
    void aRecycledFileShowsNothingOfItsPast() throws IOException {
        var journal = journals(disk).begin();
        for (int i = 0; i < 30; i++) {
            long position = append(journal, i);
            journal.sync();
            journal.release(position);
            journal.trim();
        }
        assertThat(disk.list().size()).isLessThan(6);
        disk.crash();
        assertThat(recovered(disk, objects)).isEqualTo(30);
    }

    @Test
    void whatWasGivenBackWholeIsForgotten() throws IOException {
        var journal = journals(disk).begin();
        long position = append(journal, 0);
        journal.sync();
        journal.seal();
        journal.release(position);
        journal.trim();
        assertThat(journals(disk).recover((reader, entry, at, block) -> {})).isEmpty();
        assertThat(objects.list("journal/")).isEmpty();
    }

    @Test
    void aFullDiskRefusesTheEntryAndTakesItLater() throws IOException {
        var journal = journals(disk).begin();
        disk.setFull(true);
        int appended = 0;
        while (true) {
            try {
                append(journal, appended);
            } catch (StoreFullException e) {
                break;
            }
            appended++;
        }
        assertThat(journal.sync()).isEqualTo(appended);
        disk.setFull(false);
        append(journal, appended);
        assertThat(journal.sync()).isEqualTo(appended + 1);
        disk.crash();
        assertThat(recovered(disk, objects)).isEqualTo(appended + 1);
    }

    @Test
    void aNewerFormatIsRefusedByName() throws IOException {
        var journal = journals(disk).begin();
        append(journal, 0);
        journal.sync();
        var file = disk.open(fileOf(journal));
        var frame = ByteBuffer.allocate((int) Frame.extent(block(0).length()));
        file.read(frame, 0);
        frame.put(4, (byte) 2);
        frame.putInt(8, Frame.checksum(frame, 0, frame.getInt(12)));
        file.write(frame.flip(), 0);
        assertThatThrownBy(() -> recovered(disk, objects))
                .isInstanceOf(DamagedJournalException.class)
                .hasMessageContaining("version 2 is newer");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRealDirectoryDoesTheSame(boolean clean, @TempDir Path directory) throws IOException {
        var real = new DirectoryDisk(directory.resolve("journal"));
        var journal = journals(real, objects).begin();
        for (int i = 0; i < 30; i++) {
            append(journal, i);
            journal.sync();
        }
        if (clean) {
            assertThat(journal.seal()).isEqualTo(30);
        }
        assertThat(recovered(new DirectoryDisk(directory.resolve("journal")), objects))
                .isEqualTo(30);
    }

    /** Version 1 of the format, for good: today's writer must give these bytes. */
    @Test
    void theFormatStays() {
        var frame = ByteBuffer.allocate(Frame.HEADER_BYTES + 3);
        var body = ByteBuffer.wrap("abc".getBytes(StandardCharsets.US_ASCII));
        frame.put(Frame.HEADER_BYTES, body.array());
        var crc = new JoinedCrc();
        crc.add(body);
        new Frame(Frame.ENTRY, 3, 5, 4).seal(frame, new JournalId(0x0102, 0x0304), 6, crc.value());
        assertThat(java.util.HexFormat.of().formatHex(frame.array()))
                .isEqualTo(
                        "48524a3101010000"
                                + "9f417104"
                                + "00000003"
                                + "0000000000000102"
                                + "0000000000000304"
                                + "0000000600000000"
                                + "0000000000000005"
                                + "0000000000000004"
                                + "0000000000000000"
                                + "616263");
    }

    /** Names and contents of what is known of a journal besides its files, for good. */
    @Test
    void theObjectsStay() throws IOException {
        var id = new JournalId(0x0102, 0x0304);
        JournalObjects.begin(objects, id);
        JournalObjects.raiseFloor(objects, id, 12);
        JournalObjects.seal(objects, id, 345);
        // The newest comes first in a listing: 12 below the largest number.
        assertThat(objects.list(""))
                .containsExactly(
                        "journal/00000000000001020000000000000304/floor/9223372036854775795",
                        "journal/00000000000001020000000000000304/seal");
        assertThat(objects.get("journal/00000000000001020000000000000304/seal"))
                .hasValue(ByteBuffer.wrap("1 345".getBytes(StandardCharsets.US_ASCII)));
    }

    private FileJournals journals(JournalDisk on) {
        return journals(on, objects);
    }

    private FileJournals journals(JournalDisk on, MemoryStore store) {
        return new FileJournals(on, store, random, FILE_BYTES, ENTRY_BYTES_MAX);
    }

    private long recovered(JournalDisk from, MemoryStore store) throws IOException {
        return journals(from, store).recover((reader, entry, position, block) -> {}).stream()
                .mapToLong(Journals.SealedJournal::entries)
                .sum();
    }

    private static String fileOf(Journal journal) {
        return SpareFiles.nameOf(JournalId.parse(journal.id()), 0);
    }

    private static long append(Journal journal, int number) throws IOException {
        return journal.append(List.of(block(number)));
    }

    private static Block block(int number) {
        var data = ("record " + number + "x".repeat(4200)).substring(0, 4200);
        return TestBlocks.block(
                TestBlocks.batch(data.getBytes(StandardCharsets.UTF_8)), 1, number, number);
    }
}
