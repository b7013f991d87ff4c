package io.headrace.store.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link ObjectStore} promises, for every store to be held to. */
@Timeout(60)
public abstract class ObjectStoreContract {
    private @Nullable ObjectStore opened;

    /** A store that is empty. */
    protected abstract ObjectStore open() throws IOException;

    @BeforeEach
    void openStore() throws IOException {
        opened = open();
    }

    @AfterEach
    void closeStore() throws IOException {
        store().close();
    }

    private ObjectStore store() {
        if (opened == null) {
            throw new IllegalStateException("not open");
        }
        return opened;
    }

    @Test
    void anObjectIsCreatedOnceAndKeepsItsBytes() throws IOException {
        assertThat(store().createIfAbsent("a/b/c", bytes(1, 2), bytes(), bytes(3))).isTrue();
        assertThat(store().createIfAbsent("a/b/c", bytes(9))).isFalse();
        assertThat(store().get("a/b/c")).contains(bytes(1, 2, 3));
        assertThat(store().size("a/b/c")).contains(3L);
        assertThat(store().trouble()).isEmpty();
    }

    @Test
    void whatIsNotThereIsNotThere() throws IOException {
        store().createIfAbsent("a/b/c", bytes(1));
        for (var folder : List.of("a/b", "a")) {
            assertThat(store().get(folder)).isEmpty();
            assertThat(store().size(folder)).isEmpty();
        }
        for (var name : List.of("a/b/d", "b")) {
            assertThat(store().get(name)).isEmpty();
            assertThat(store().size(name)).isEmpty();
            assertThatThrownBy(() -> store().read(name, 0, 1))
                    .isInstanceOf(NoSuchFileException.class);
            assertThatThrownBy(() -> store().read(name, 0, 0))
                    .isInstanceOf(NoSuchFileException.class);
            store().delete(name);
        }
        assertThat(store().list("")).containsExactly("a/b/c");
    }

    @Test
    void rangesAreExact() throws IOException {
        store().createIfAbsent("r", bytes(1, 2, 3, 4));
        assertThat(store().read("r", 0, 4)).isEqualTo(bytes(1, 2, 3, 4));
        assertThat(store().read("r", 1, 2)).isEqualTo(bytes(2, 3));
        assertThat(store().read("r", 3, 1)).isEqualTo(bytes(4));
        assertThat(store().read("r", 0, 0)).isEqualTo(bytes());
        assertThat(store().read("r", 4, 0)).isEqualTo(bytes());
        assertThatThrownBy(() -> store().read("r", 0, 5)).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> store().read("r", 3, 2)).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> store().read("r", 4, 1)).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> store().read("r", 5, 0)).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> store().read("r", 1L << 40, 1)).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> store().read("r", -1, 1)).isInstanceOf(EOFException.class);
    }

    @Test
    void readsUpToTheEnd() throws IOException {
        store().createIfAbsent("u", bytes(1, 2, 3, 4));
        assertThat(store().readUpTo("u", 0, 3)).isEqualTo(bytes(1, 2, 3));
        assertThat(store().readUpTo("u", 0, 4)).isEqualTo(bytes(1, 2, 3, 4));
        assertThat(store().readUpTo("u", 0, 5)).isEqualTo(bytes(1, 2, 3, 4));
        assertThat(store().readUpTo("u", 2, Integer.MAX_VALUE)).isEqualTo(bytes(3, 4));
        assertThat(store().readUpTo("u", 4, 1)).isEqualTo(bytes());
        assertThat(store().readUpTo("u", 1L << 40, 1)).isEqualTo(bytes());
        assertThat(store().readUpTo("u", Long.MAX_VALUE, 7)).isEqualTo(bytes());
        assertThat(store().readUpTo("u", 1, 0)).isEqualTo(bytes());
        store().createIfAbsent("empty");
        assertThat(store().readUpTo("empty", 0, 9)).isEqualTo(bytes());
        assertThatThrownBy(() -> store().readUpTo("v", 0, 1))
                .isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> store().readUpTo("v", 0, 0))
                .isInstanceOf(NoSuchFileException.class);
        assertRefused(() -> store().readUpTo("u", -1, 1));
        assertRefused(() -> store().readUpTo("u", 0, -1));
        assertRefused(() -> store().readUpTo("../u", 0, 1));
    }

    @Test
    void anEmptyObjectIsAnObject() throws IOException {
        assertThat(store().createIfAbsent("e/none")).isTrue();
        assertThat(store().createIfAbsent("e/empty", bytes())).isTrue();
        assertThat(store().createIfAbsent("e/none", bytes(1))).isFalse();
        assertThat(store().get("e/none")).contains(bytes());
        assertThat(store().size("e/empty")).contains(0L);
        assertThat(store().read("e/empty", 0, 0)).isEqualTo(bytes());
        assertThatThrownBy(() -> store().read("e/empty", 0, 1)).isInstanceOf(EOFException.class);
        assertThat(store().list("e/")).containsExactly("e/empty", "e/none");
    }

    @Test
    void whateverBuffersHoldIsTaken() throws IOException {
        var direct = ByteBuffer.allocateDirect(300_000);
        for (int i = 0; i < direct.limit(); i++) {
            direct.put(i, (byte) i);
        }
        var part = direct.slice(100_000, 150_000).asReadOnlyBuffer();
        var array = ByteBuffer.wrap(new byte[] {9, 8, 7, 6}, 1, 2);
        assertThat(store().createIfAbsent("buffers", part.duplicate(), array.duplicate())).isTrue();
        var expected = ByteBuffer.allocate(150_002).put(part.duplicate()).put(array).flip();
        assertThat(store().get("buffers")).contains(expected);
        assertThat(store().read("buffers", 149_999, 3)).isEqualTo(expected.slice(149_999, 3));
    }

    @Test
    void aLargeObjectComesBackWhole() throws IOException {
        var content = new byte[5 << 20];
        new Random(1).nextBytes(content);
        store().createIfAbsent("large", ByteBuffer.wrap(content));
        assertThat(store().get("large")).contains(ByteBuffer.wrap(content));
        assertThat(store().read("large", 12_345, 3 << 20))
                .isEqualTo(ByteBuffer.wrap(content, 12_345, 3 << 20));
    }

    @Test
    void listsInNameOrderWhatBeginsWithThePrefix() throws IOException {
        var names =
                List.of("a-b/x", "a.b", "a/x", "a/y/z", "a=b/x", "aB/x", "a_b/x", "ab/x", "b/x");
        for (var name : names) {
            assertThat(store().createIfAbsent(name, bytes(1))).isTrue();
        }
        assertThat(store().list("")).isEqualTo(names);
        assertThat(store().list("a")).isEqualTo(names.subList(0, 8));
        assertThat(store().list("a/")).containsExactly("a/x", "a/y/z");
        assertThat(store().list("a/y")).containsExactly("a/y/z");
        assertThat(store().list("a=")).containsExactly("a=b/x");
        assertThat(store().list("nothing/here")).isEmpty();
        assertThat(store().list("b/x/y")).isEmpty();
    }

    @Test
    void longNamesAreTaken() throws IOException {
        var name = "n".repeat(200) + "/" + "0".repeat(200) + "/" + "Z=.".repeat(60);
        assertThat(store().createIfAbsent(name, bytes(5))).isTrue();
        assertThat(store().get(name)).contains(bytes(5));
        assertThat(store().list("n")).containsExactly(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/a", "a/", "a//b", "../a", "a/../b", "a/.hidden", "ä", "a b", "a\0b"})
    void otherNamesAreRefused(String name) {
        assertRefused(() -> store().createIfAbsent(name, bytes(1)));
        assertRefused(() -> store().get(name));
        assertRefused(() -> store().read(name, 0, 1));
        assertRefused(() -> store().size(name));
        assertRefused(() -> store().delete(name));
        if (!name.isEmpty() && !name.equals("a/")) {
            assertRefused(() -> store().list(name));
        }
    }

    @Test
    void aDeletedNameIsFreeAgain() throws IOException {
        store().createIfAbsent("a/b/c", bytes(1));
        store().createIfAbsent("a/x", bytes(1));
        store().delete("a/b/c");
        store().delete("a/b/c");
        assertThat(store().get("a/b/c")).isEmpty();
        assertThat(store().list("")).containsExactly("a/x");
        assertThat(store().createIfAbsent("a/b/c", bytes(2))).isTrue();
        assertThat(store().get("a/b/c")).contains(bytes(2));
    }

    @Test
    void manyAreCreatedAtOnceButNoneTwice() throws IOException {
        store().createIfAbsent("m/3", bytes(0));
        var objects = new TreeMap<String, ByteBuffer>();
        for (int i = 0; i < 10; i++) {
            objects.put("m/" + i, bytes(i));
        }
        assertThat(store().createAllIfAbsent(objects)).hasSize(9).doesNotContain("m/3");
        assertThat(store().get("m/3")).contains(bytes(0));
        assertThat(store().get("m/7")).contains(bytes(7));
        assertThat(store().list("m/")).hasSize(10);
    }

    @Test
    void ofManyWhoCreateANameOneWins() throws Exception {
        int writers = 8;
        var barrier = new CyclicBarrier(writers);
        try (var threads = Executors.newFixedThreadPool(writers)) {
            for (int round = 0; round < 20; round++) {
                var name = "race/" + round;
                var wins = new ArrayList<Future<Boolean>>();
                for (int writer = 0; writer < writers; writer++) {
                    var content = bytes(writer);
                    boolean batch = writer % 2 == 0;
                    wins.add(
                            threads.submit(() -> {
                                barrier.await();
                                return batch
                                        ? store().createAllIfAbsent(Map.of(name, content))
                                                .contains(name)
                                        : store().createIfAbsent(name, content);
                            }));
                }
                var winners = new HashSet<Integer>();
                for (int writer = 0; writer < writers; writer++) {
                    if (wins.get(writer).get()) {
                        winners.add(writer);
                    }
                }
                assertThat(winners).as("round %d", round).hasSize(1);
                assertThat(store().get(name)).contains(bytes(winners.iterator().next()));
            }
        }
    }

    @Test
    void namesComeAndGoUnderConcurrentCreators() throws Exception {
        try (var threads = Executors.newFixedThreadPool(4)) {
            var done = new ArrayList<Future<?>>();
            for (int thread = 0; thread < 4; thread++) {
                var name = "x/y/" + thread;
                done.add(
                        threads.submit(() -> {
                            for (int i = 0; i < 30; i++) {
                                assertThat(store().createIfAbsent(name, bytes(i))).isTrue();
                                assertThat(store().get(name)).contains(bytes(i));
                                store().delete(name);
                            }
                            return true;
                        }));
            }
            for (var each : done) {
                each.get();
            }
        }
        assertThat(store().list("")).isEmpty();
    }

    private interface Call {
        void run() throws IOException;
    }

    private static void assertRefused(Call call) {
        assertThatThrownBy(call::run).isInstanceOf(IllegalArgumentException.class);
    }

    private static ByteBuffer bytes(int... values) {
        var bytes = ByteBuffer.allocate(values.length);
        IntStream.of(values).forEach(value -> bytes.put((byte) value));
        return bytes.flip();
    }
}
