package io.headrace.store.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.object.VersionedObject.Version;
import io.headrace.store.record.DamagedBlockException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class VersionedObjectTest {
    private static final String PREFIX = "meta/a/";

    private final MemoryStore store = new MemoryStore();

    @Test
    void newestIsTheHighestVersion() throws IOException {
        assertThat(VersionedObject.newest(store, PREFIX)).isEmpty();
        assertThat(VersionedObject.create(store, PREFIX, 0, bytes("zero"))).isTrue();
        assertThat(VersionedObject.create(store, PREFIX, 1, bytes("one"))).isTrue();
        assertThat(VersionedObject.create(store, PREFIX, 1, bytes("other"))).isFalse();
        assertThat(VersionedObject.newest(store, PREFIX)).contains(new Version(1, bytes("one")));
    }

    @Test
    void newestSurvivesAVersionThatComesWhileItReads() throws IOException {
        VersionedObject.create(store, PREFIX, 1, bytes("one"));
        var racing =
                new HookedStore(
                        store,
                        () -> {
                            VersionedObject.create(store, PREFIX, 2, bytes("two"));
                            VersionedObject.collect(store, PREFIX);
                        });
        assertThat(VersionedObject.newest(racing, PREFIX)).contains(new Version(2, bytes("two")));
    }

    @Test
    void newestIsNotTheOneThatWasReplacedWhileItReads() throws IOException {
        VersionedObject.create(store, PREFIX, 1, bytes("one"));
        // Not collected: the old version can still be read, and must not be taken for the newest.
        var racing =
                new HookedStore(
                        store, () -> VersionedObject.create(store, PREFIX, 2, bytes("two")));
        assertThat(VersionedObject.newest(racing, PREFIX)).contains(new Version(2, bytes("two")));
    }

    @Test
    void aVersionBelowTheHighestIsLostThoughItsNameIsFreeAgain() throws IOException {
        VersionedObject.create(store, PREFIX, 1, bytes("one"));
        VersionedObject.create(store, PREFIX, 2, bytes("two"));
        VersionedObject.collect(store, PREFIX);
        assertThat(VersionedObject.create(store, PREFIX, 1, bytes("late"))).isFalse();
        assertThat(VersionedObject.newest(store, PREFIX)).contains(new Version(2, bytes("two")));
    }

    @Test
    void aWinnerWhoIsToldThatItLostFindsItsOwnBytes() throws IOException {
        var retried = new FaultyStore(store, new Random(1), new FaultyStore.Faults(0, 0, 0, 1));
        assertThat(VersionedObject.create(retried, PREFIX, 1, bytes("mine"))).isTrue();
        assertThat(VersionedObject.create(retried, PREFIX, 1, bytes("other"))).isFalse();
    }

    @Test
    void aLostAnswerIsSettledByReadingBack() throws IOException {
        var unclear = new FaultyStore(store, new Random(1), new FaultyStore.Faults(0, 1, 0, 0));
        assertThat(VersionedObject.create(unclear, PREFIX, 1, bytes("mine"))).isTrue();
        assertThat(VersionedObject.create(unclear, PREFIX, 1, bytes("other"))).isFalse();
    }

    @Test
    void whatArrivesAfterWeLookedForItIsOursAllTheSame() throws IOException {
        // The first attempt is given up, and lands behind the read that looks for it.
        var late =
                new HookedStore(store, () -> {}) {
                    private Optional<ByteBuffer[]> sent = Optional.empty();
                    private boolean given;

                    @Override
                    public boolean createIfAbsent(String name, ByteBuffer... content)
                            throws IOException {
                        if (given) {
                            return super.createIfAbsent(name, content);
                        }
                        given = true;
                        sent = Optional.of(content);
                        throw new IOException("given up");
                    }

                    @Override
                    public Optional<ByteBuffer> get(String name) throws IOException {
                        var found = super.get(name);
                        sent.ifPresent(content -> store.createIfAbsent(name, content));
                        return found;
                    }
                };
        assertThat(VersionedObject.create(late, PREFIX, 1, bytes("mine"))).isTrue();
    }

    @Test
    void collectKeepsOnlyTheHighest() throws IOException {
        for (int i = 0; i < 5; i++) {
            VersionedObject.create(store, PREFIX, i, bytes("v" + i));
        }
        VersionedObject.collect(store, PREFIX);
        assertThat(store.list("meta/")).containsExactly("meta/a/9223372036854775803");
    }

    @Test
    void aFullStoreCreatesNothing() throws IOException {
        var faulty = new FaultyStore(store, new Random(1), FaultyStore.Faults.NONE);
        faulty.setFull(true);
        assertThatThrownBy(() -> VersionedObject.create(faulty, PREFIX, 1, bytes("one")))
                .isInstanceOf(StoreFullException.class);
        faulty.setFull(false);
        assertThat(VersionedObject.create(faulty, PREFIX, 1, bytes("one"))).isTrue();
    }

    @Test
    void aFlippedBitIsNamed() throws IOException {
        VersionedObject.create(store, PREFIX, 7, bytes("content"));
        var name = store.list(PREFIX).getFirst();
        long bits = store.size(name).orElseThrow() * 8;
        for (long bit = 0; bit < bits; bit++) {
            var damaged = store.copy();
            damaged.flipBit(name, bit);
            assertThatThrownBy(() -> VersionedObject.newest(damaged, PREFIX))
                    .isInstanceOf(DamagedBlockException.class)
                    .hasMessageContaining(name);
        }
    }

    @Test
    void aVersionUnderAnothersNameIsDamage() throws IOException {
        VersionedObject.create(store, PREFIX, 7, bytes("content"));
        var content = store.get(store.list(PREFIX).getFirst()).orElseThrow();
        store.createIfAbsent(PREFIX + "9223372036854775799", content);
        assertThatThrownBy(() -> VersionedObject.newest(store, PREFIX))
                .isInstanceOf(DamagedBlockException.class);
    }

    @Test
    void createAllWinsOnlyWhatIsNotTaken() throws IOException {
        VersionedObject.create(store, "b/", 4, bytes("taken"));
        VersionedObject.create(store, "c/", 9, bytes("higher"));
        var versions = new LinkedHashMap<String, Version>();
        for (var prefix : List.of("a/", "b/", "c/", "d/")) {
            versions.put(prefix, new Version(4, bytes("mine")));
        }
        assertThat(VersionedObject.createAll(store, versions)).containsExactly("a/", "d/");
    }

    static LongStream seeds() {
        return LongStream.range(0, 300);
    }

    /** Writers with stale views race on a store that fails in every way it may. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void eachVersionHasOneWinnerAndTheNewestNeverGoesBack(long seed) throws IOException {
        var random = new Random(seed);
        var faults = new FaultyStore.Faults(0.05, 0.1, 0.1, 0.1);
        var faulty = new FaultyStore(store, random, faults);
        var known = new long[] {-1, -1, -1};
        Map<Long, String> winners = new HashMap<>();
        long highestWon = -1;
        for (int step = 0; step < 120; step++) {
            int writer = random.nextInt(known.length);
            try {
                switch (random.nextInt(4)) {
                    case 0 -> VersionedObject.collect(faulty, PREFIX);
                    case 1 -> {
                        var newest = VersionedObject.newest(faulty, PREFIX);
                        known[writer] = newest.map(Version::number).orElse(-1L);
                        assertThat(known[writer]).isGreaterThanOrEqualTo(highestWon);
                        if (known[writer] == highestWon && highestWon >= 0) {
                            assertThat(newest.map(found -> text(found.content())))
                                    .contains(winners.getOrDefault(highestWon, "?"));
                        }
                    }
                    default -> {
                        long version = known[writer] + 1;
                        var content = writer + " at " + step;
                        if (VersionedObject.create(faulty, PREFIX, version, bytes(content))) {
                            assertThat(winners.put(version, content)).isNull();
                            assertThat(version).isGreaterThan(highestWon);
                            highestWon = version;
                            known[writer] = version;
                        }
                    }
                }
            } catch (IOException e) {
                // The outcome is unknown: the writer has to look before it goes on.
                assertThat(e).isNotInstanceOf(StoreFullException.class);
            }
        }
        faulty.settle();
        assertThat(VersionedObject.newest(store, PREFIX).map(Version::number).orElse(-1L))
                .isGreaterThanOrEqualTo(highestWon);
        assertThat(winners).isNotEmpty();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    private interface Action {
        void run() throws IOException;
    }

    /** Lets something happen once, right before the first get. */
    private static class HookedStore implements ObjectStore {
        private final MemoryStore store;
        private final Action action;
        private boolean ran;

        HookedStore(MemoryStore store, Action action) {
            this.store = store;
            this.action = action;
        }

        @Override
        public Optional<ByteBuffer> get(String name) throws IOException {
            if (!ran) {
                ran = true;
                action.run();
            }
            return store.get(name);
        }

        @Override
        public boolean createIfAbsent(String name, ByteBuffer... content) throws IOException {
            return store.createIfAbsent(name, content);
        }

        @Override
        public ByteBuffer read(String name, long offset, int length) throws IOException {
            return store.read(name, offset, length);
        }

        @Override
        public ByteBuffer readUpTo(String name, long offset, int lengthMax) throws IOException {

            return store.readUpTo(name, offset, lengthMax);
        }

        @Override
        public Optional<Long> size(String name) {
            return store.size(name);
        }

        @Override
        public List<String> list(String prefix) {
            return store.list(prefix);
        }

        @Override
        public void delete(String name) {
            store.delete(name);
        }

        @Override
        public void close() {}
    }
}
