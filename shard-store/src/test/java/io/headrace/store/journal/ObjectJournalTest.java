package io.headrace.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.object.FaultyStore;
import io.headrace.store.object.MemoryStore;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.StoreFullException;
import io.headrace.store.object.WatchedStore;
import io.headrace.store.record.Block;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.record.TestBlocks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A journal of objects: what is acknowledged, who is fenced, where it ends, what may go. */
@Timeout(60)
class ObjectJournalTest {
    private static final long GIVE_UP_NANOS = 1_000_000_000;

    private final MemoryStore store = new MemoryStore();
    private final Random random = new Random(3);
    private final AtomicLong nanos = new AtomicLong();

    /** Writes wait here until they are run by hand. */
    private final Queue<Runnable> held = new ArrayDeque<>();

    @Test
    void entriesAreWalkedAndReadInOrder() throws IOException {
        var journals = journals(store, Runnable::run);
        var journal = journals.begin();
        var positions = new ArrayList<Long>();
        for (int i = 0; i < 70; i++) {
            positions.add(journal.append(List.of(block(i), block(100 + i))));
            assertThat(journal.sync()).isEqualTo(i + 1);
        }
        var other = journals(store, Runnable::run);
        assertThat(other.seal(journal.id())).isEqualTo(70);
        var rows = new ArrayList<String>();
        other.walk(
                journal.id(),
                10,
                70,
                (index, found) -> rows.add(index + ":" + found.getFirst().firstIndex()));
        assertThat(rows).hasSize(60).startsWith("10:10").endsWith("69:69");
        var reader = other.reader(journal.id());
        assertThat(reader.read(positions.get(12), block(12).length()))
                .isEqualTo(block(12).content());
        assertThat(journal.read(positions.get(12) + block(12).length(), block(112).length()))
                .isEqualTo(block(112).content());
    }

    @Test
    void entriesThatCouldNotBeDeletedAreDeletedLater() throws IOException {
        var failing = new AtomicBoolean(true);
        var flaky =
                new WatchedStore(store, () -> {}) {
                    @Override
                    public void delete(String name) throws IOException {
                        if (failing.get() && name.contains("/entry/")) {
                            throw new IOException("not now");
                        }
                        super.delete(name);
                    }
                };
        var journals = journals(flaky, Runnable::run);
        var journal = journals.begin();
        for (int i = 0; i < 40; i++) {
            journal.append(List.of(block(i)));
            journal.sync();
        }
        assertThatThrownBy(() -> journals.trim(journal.id(), 40)).hasMessage("not now");
        failing.set(false);
        journals.trim(journal.id(), 40);
        assertThat(journals.storedEntries()).isZero();
        assertThat(store.list("journal/" + journal.id() + "/entry/")).isEmpty();
    }

    @Test
    void whatLiesBehindAGapIsNotDurable() throws IOException {
        var journal = journals(store, held::add).begin();
        journal.append(List.of(block(0)));
        journal.append(List.of(block(1)));
        var first = held.remove();
        held.remove().run();
        assertThat(journal.durableBefore()).isZero();
        first.run();
        assertThat(journal.sync()).isEqualTo(2);
        assertThat(journals(store, Runnable::run).seal(journal.id())).isEqualTo(2);
    }

    @Test
    void withoutTheOrderItWouldBe() throws IOException {
        var journal = journals(store, held::add, Rules.without(Rule.ACKNOWLEDGE_IN_ORDER)).begin();
        journal.append(List.of(block(0)));
        journal.append(List.of(block(1)));
        held.remove();
        held.remove().run();
        assertThat(journal.sync()).isEqualTo(2);
        assertThat(journals(store, Runnable::run).seal(journal.id())).isZero();
    }

    @Test
    void anAnswerThatWasLostIsSettledByItsNonce() throws IOException {
        var faulty = new FaultyStore(store, random, new FaultyStore.Faults(0.2, 0.3, 0, 0.2));
        var journal = beginOnceItWorks(faulty);
        for (int i = 0; i < 200; i++) {
            journal.append(List.of(block(i)));
            assertThat(journal.sync()).isEqualTo(i + 1);
        }
        assertThat(journals(store, Runnable::run).seal(journal.id())).isEqualTo(200);
    }

    @Test
    void whoeverIsSealedIsFencedAndWhatHeSendsLaterNeverCounts() throws IOException {
        var journal = journals(store, held::add).begin();
        journal.append(List.of(block(0)));
        held.remove().run();
        assertThat(journal.sync()).isEqualTo(1);
        journal.append(List.of(block(1)));
        journal.append(List.of(block(2)));
        assertThat(journals(store, Runnable::run).seal(journal.id())).isEqualTo(1);
        held.remove().run();
        assertThatThrownBy(journal::sync)
                .isInstanceOf(IOException.class)
                .hasRootCauseInstanceOf(FencedException.class);
        assertThatThrownBy(() -> journal.append(List.of(block(3)))).isInstanceOf(IOException.class);
        assertThat(journal.durableBefore()).isEqualTo(1);
        assertThat(journal.seal()).isEqualTo(1);
    }

    @Test
    void acknowledgedFirstAndFencedAfterwards() throws IOException {
        var journal = journals(store, held::add).begin();
        journal.append(List.of(block(0)));
        journal.append(List.of(block(1)));
        held.remove().run();
        journals(store, Runnable::run).seal(journal.id());
        held.remove().run();
        assertThat(journal.sync()).isEqualTo(1);
        assertThatThrownBy(journal::sync).isInstanceOf(IOException.class);
    }

    @Test
    void everySealerFindsTheSameEnd() throws IOException {
        for (int run = 0; run < 100; run++) {
            var objects = new MemoryStore();
            var faulty = new FaultyStore(objects, random, new FaultyStore.Faults(0, 0.1, 0.1, 0.1));
            var journal = beginOnceItWorks(faulty);
            int durable = random.nextInt(40);
            for (int i = 0; i < durable; i++) {
                journal.append(List.of(block(i)));
                journal.sync();
            }
            long end = sealOnceItWorks(faulty, journal.id());
            faulty.settle();
            assertThat(end).isGreaterThanOrEqualTo(durable);
            assertThat(sealOnceItWorks(faulty, journal.id())).isEqualTo(end);
            assertThat(journals(objects, Runnable::run).seal(journal.id())).isEqualTo(end);
        }
    }

    /** Two sealers that read the floor early, and a writer that trims in between. */
    @Test
    void aTombstoneBelowTheFloorIsNoEnd() throws IOException {
        assertThat(sealBesideATrim(Rules.ALL)).isEqualTo("sealed at 4");
        assertThat(sealBesideATrim(Rules.without(Rule.FLOOR_AGAIN))).isEqualTo("sealed at 0");
    }

    private String sealBesideATrim(Rules rules) throws IOException {
        var objects = new MemoryStore();
        var writers = journals(objects, Runnable::run);
        var journal = writers.begin();
        for (int i = 0; i < 4; i++) {
            journal.append(List.of(block(i)));
            journal.sync();
        }
        // The floor is read first; the entries are gone when the walk comes to them.
        var calls = new AtomicLong();
        var beside =
                new WatchedStore(
                        objects,
                        () -> {
                            if (calls.incrementAndGet() == 5) {
                                trim(writers, journal.id(), 4);
                            }
                        });
        return "sealed at " + journals(beside, Runnable::run, rules).seal(journal.id());
    }

    private static void trim(ObjectJournals journals, String id, long below) {
        try {
            journals.trim(id, below);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theFloorIsMarkedBeforeAnythingGoes() throws IOException {
        var journals = journals(store, Runnable::run);
        var journal = journals.begin();
        for (int i = 0; i < 10; i++) {
            journal.append(List.of(block(i)));
            journal.sync();
        }
        long before = journals.storedBytes();
        journals.trim(journal.id(), 6);
        assertThat(journals.floor(journal.id())).isEqualTo(6);
        assertThat(journals.storedBytes()).isBetween(1L, before - 1);
        assertThat(journals.storedEntries()).isEqualTo(4);
        assertThat(journals.seal(journal.id())).isEqualTo(10);
        assertThatThrownBy(() -> journals.walk(journal.id(), 5, 10, (index, rows) -> {}))
                .isInstanceOf(EntryGoneException.class);
        journals.trim(journal.id(), 10);
        // The tombstone stays for good: a late write must never find room.
        assertThat(store.list("journal/" + journal.id() + "/entry/")).hasSize(1);
        assertThat(journals(store, Runnable::run).seal(journal.id())).isEqualTo(10);
    }

    @Test
    void aFullStoreEndsTheJournalBeforeAnythingIsUnclear() throws IOException {
        var faulty = new FaultyStore(store, random, FaultyStore.Faults.NONE);
        var journal = journals(faulty, Runnable::run).begin();
        faulty.setFull(true);
        journal.append(List.of(block(0)));
        assertThatThrownBy(journal::sync).hasCauseInstanceOf(StoreFullException.class);
    }

    @Test
    void aStoreThatStaysAwayEndsTheJournalInTheEnd() throws IOException {
        var faulty = new FaultyStore(store, random, FaultyStore.Faults.NONE);
        var journal = journals(faulty, Runnable::run).begin();
        faulty.setFaults(new FaultyStore.Faults(1, 0, 0, 0));
        journal.append(List.of(block(0)));
        assertThatThrownBy(journal::sync).isInstanceOf(IOException.class);
    }

    @Test
    void whatIsDamagedIsNamed() throws IOException {
        var journals = journals(store, Runnable::run);
        var journal = journals.begin();
        journal.append(List.of(block(0)));
        journal.sync();
        var name = "journal/" + journal.id() + "/entry/" + "%019d".formatted(0);
        var bytes = bytes(store.get(name).orElseThrow());
        for (int at : new int[] {0, 5, 7, 10, 30, 40, 45, 60}) {
            var flipped = bytes.clone();
            flipped[at] ^= 0x10;
            store.delete(name);
            store.createIfAbsent(name, ByteBuffer.wrap(flipped));
            assertThatThrownBy(() -> journals.walk(journal.id(), 0, 1, (index, rows) -> {}))
                    .as("bit of byte %d", at)
                    .isInstanceOf(DamagedBlockException.class)
                    .hasMessageContaining(name);
        }
    }

    /** What a build once wrote, every later one reads. */
    @Test
    void theFormatsStayAsTheyAre() {
        var id = new JournalId(0x0011223344556677L, 0x8899aabbccddeeffL);
        var entry =
                EntryFormat.entry(
                        id, 5, 0x1234567890abcdefL, EntryFormat.rows(5, List.of(block(9))));
        assertThat(HexFormat.of().formatHex(bytes(entry)))
                .isEqualTo(
                        "48524a4500010001"
                                + "00112233445566778899aabbccddeeff"
                                + "0000000000000005"
                                + "1234567890abcdef"
                                + "00000001"
                                + ENTRY_CRC
                                + "0123456789abcdef"
                                + "00000007"
                                + "00000001"
                                + "0000000000000003"
                                + "0000000000000009"
                                + "0000000000000001"
                                + "00000060"
                                + "%08x".formatted(block(9).length()));
        var tombstone = EntryFormat.tombstone(id, 6, 7);
        assertThat(HexFormat.of().formatHex(bytes(tombstone)))
                .isEqualTo(
                        "48524a4500010002"
                                + "00112233445566778899aabbccddeeff"
                                + "0000000000000006"
                                + "0000000000000007"
                                + "00000000"
                                + TOMBSTONE_CRC);
    }

    private static final String ENTRY_CRC = "122f20ae";
    private static final String TOMBSTONE_CRC = "0b718c55";

    @Test
    void severalWritesOverlapOnRealThreads() throws IOException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var journal = journals(store, threads).begin();
            long durable = 0;
            for (int i = 0; i < 500; i++) {
                journal.append(List.of(block(i)));
                if (i - durable >= 3) {
                    durable = journal.sync();
                }
            }
            while (durable < 500) {
                durable = journal.sync();
            }
            assertThat(journal.sync()).isEqualTo(500);
        }
    }

    private Journal beginOnceItWorks(ObjectStore faulty) {
        while (true) {
            try {
                return journals(faulty, Runnable::run).begin();
            } catch (IOException e) {
                // As the store does that this test asks for.
            }
        }
    }

    private long sealOnceItWorks(ObjectStore faulty, String id) {
        while (true) {
            try {
                return journals(faulty, Runnable::run).seal(id);
            } catch (IOException e) {
                // As the store does that this test asks for.
            }
        }
    }

    private ObjectJournals journals(ObjectStore objects, Executor writes) {
        return journals(objects, writes, Rules.ALL);
    }

    private ObjectJournals journals(ObjectStore objects, Executor writes, Rules rules) {
        return new ObjectJournals(
                objects,
                new ObjectJournals.Seams(
                        writes,
                        Runnable::run,
                        random,
                        () -> nanos.addAndGet(1_000_000),
                        Unpaused::new),
                new ObjectJournals.Settings(1 << 20, GIVE_UP_NANOS, 0),
                rules);
    }

    /** Pauses take no time; waits are real. */
    private static final class Unpaused implements Signal {
        private final Signal signal = Signal.create();

        @Override
        public void await(java.util.function.BooleanSupplier condition)
                throws java.io.InterruptedIOException {
            signal.await(condition);
        }

        @Override
        public void fire() {
            signal.fire();
        }

        @Override
        public void pause(long nanos, java.util.function.BooleanSupplier condition) {}
    }

    private static Block block(long index) {
        return TestBlocks.block(TestBlocks.batch(new byte[] {(byte) index, 2, 3}), 3, index, 1);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        var bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
