package io.headrace.store.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is a directory's own; {@link DirectoryStoreContractTest} is what every store promises. */
@Timeout(60)
class DirectoryStoreTest {
    @TempDir Path folder;

    @Test
    void anObjectIsThereWhenTheStoreIsOpenedAgain() throws IOException {
        try (var store = DirectoryStore.open(folder)) {
            assertThat(store.createIfAbsent("a/b/c", bytes(1, 2), bytes(3))).isTrue();
        }
        try (var store = DirectoryStore.open(folder)) {
            assertThat(store.get("a/b/c")).contains(bytes(1, 2, 3));
        }
    }

    @Test
    void leftoversOfACrashAreCleared() throws IOException {
        DirectoryStore.open(folder).close();
        Files.write(folder.resolve(".tmp/17"), new byte[10]);
        try (var store = DirectoryStore.open(folder)) {
            assertThat(folder.resolve(".tmp")).isEmptyDirectory();
            assertThat(store.list("")).isEmpty();
        }
    }

    @Test
    void deletingTheLastObjectRemovesItsFolders() throws IOException {
        try (var store = DirectoryStore.open(folder)) {
            store.createIfAbsent("a/b/c", bytes(1));
            store.createIfAbsent("a/x", bytes(1));
            store.delete("a/b/c");
            store.delete("a/b/c");
            assertThat(folder.resolve("a/b")).doesNotExist();
            assertThat(folder.resolve("a")).exists();
            assertThat(store.createIfAbsent("a/b/c", bytes(2))).isTrue();
            assertThat(store.get("a/b/c")).contains(bytes(2));
        }
    }

    @Test
    void manyAreCreatedWithOneSyncADirectory() throws IOException {
        var syncs = new ArrayList<Path>();
        try (var store =
                DirectoryStore.open(
                        folder,
                        directory -> {
                            DirectorySync.OF_THE_SYSTEM.sync(directory);
                            syncs.add(directory);
                        })) {
            store.createIfAbsent("m/3", bytes(0));
            syncs.clear();
            var objects = new TreeMap<String, ByteBuffer>();
            for (int i = 0; i < 10; i++) {
                objects.put("m/" + i, bytes(i));
            }
            var created = store.createAllIfAbsent(objects);
            assertThat(created).hasSize(9).doesNotContain("m/3");
            assertThat(store.get("m/3")).contains(bytes(0));
            assertThat(store.get("m/7")).contains(bytes(7));
            assertThat(syncs).containsExactly(folder.resolve("m"));
        }
    }

    @Test
    @Timeout(60)
    void aBatchThatIsGivenUpHoldsNobodyUp() throws Exception {
        var slow = new AtomicInteger();
        var entered = new CountDownLatch(1);
        var leave = new CountDownLatch(1);
        DirectorySync sync =
                directory -> {
                    if (directory.equals(folder) && slow.getAndSet(0) > 0) {
                        entered.countDown();
                        awaitQuietly(leave);
                    }
                    DirectorySync.OF_THE_SYSTEM.sync(directory);
                };
        try (var store = DirectoryStore.open(folder, sync);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            store.createIfAbsent("a/0", bytes(0));
            slow.set(1);
            var first = threads.submit(() -> store.createIfAbsent("slow/x", bytes(1)));
            entered.await();
            var failure = new ArrayList<Exception>();
            var batch =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    store.createAllIfAbsent(
                                            Map.of("a/1", bytes(1), "slow/x", bytes(2)));
                                } catch (IOException e) {
                                    failure.add(e);
                                }
                            });
            while (Stream.of(batch.getStackTrace())
                    .noneMatch(frame -> frame.getClassName().equals(Creation.class.getName()))) {
                Thread.onSpinWait();
            }
            batch.interrupt();
            batch.join();
            assertThat(failure).singleElement().isInstanceOf(InterruptedIOException.class);
            assertThat(store.createIfAbsent("a/1", bytes(3))).isTrue();
            leave.countDown();
            assertThat(first.get()).isTrue();
        }
    }

    /** A process that was killed may have linked a name and not come to the sync. */
    @Test
    void whatAProcessBeforeLeftIsSyncedOnceBeforeItIsShown() throws IOException {
        try (var before = DirectoryStore.open(folder)) {
            before.createIfAbsent("m/1", bytes(1));
        }
        var syncs = new ArrayList<Path>();
        try (var store = DirectoryStore.open(folder, syncs::add)) {
            syncs.clear();
            assertThat(store.list("m/")).containsExactly("m/1");
            assertThat(store.get("m/1")).contains(bytes(1));
            assertThat(syncs).containsExactly(folder.resolve("m"));
        }
    }

    /** A power cut between link and sync would take the object back: nobody may have seen it. */
    @Test
    void nobodySeesAnObjectBeforeItsDirectoryIsSynced() throws Exception {
        var reached = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        DirectorySync slow =
                directory -> {
                    if (directory.endsWith("m")) {
                        reached.countDown();
                        awaitQuietly(goOn);
                    }
                };
        try (var store = DirectoryStore.open(folder, slow);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                var first = threads.submit(() -> store.createIfAbsent("m/a", bytes(1)));
                reached.await();
                assertThat(folder.resolve("m/a")).exists();
                assertThat(store.get("m/a")).isEmpty();
                assertThat(store.size("m/a")).isEmpty();
                assertThat(store.list("m/")).isEmpty();
                assertThatThrownBy(() -> store.read("m/a", 0, 1))
                        .isInstanceOf(NoSuchFileException.class);
                // Neither may a second creator hear that it lost to something that may vanish.
                var second = threads.submit(() -> store.createIfAbsent("m/a", bytes(2)));
                assertThat(second.isDone()).isFalse();
                goOn.countDown();
                assertThat(first.get()).isTrue();
                assertThat(second.get()).isFalse();
                assertThat(store.get("m/a")).contains(bytes(1));
            } finally {
                goOn.countDown();
            }
        }
    }

    @Test
    void aFailedDirectorySyncFencesTheStore() throws IOException {
        var failing = new AtomicInteger(Integer.MAX_VALUE);
        DirectorySync sync =
                directory -> {
                    if (failing.decrementAndGet() < 0) {
                        throw new IOException("Input/output error");
                    }
                };
        try (var store = DirectoryStore.open(folder, sync)) {
            store.createIfAbsent("m/old", bytes(1));
            failing.set(0);
            assertThatThrownBy(() -> store.createIfAbsent("m/a", bytes(1)))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(StoreFullException.class);
            failing.set(Integer.MAX_VALUE);
            // A second sync would succeed and prove nothing.
            assertThatThrownBy(() -> store.createIfAbsent("m/b", bytes(1)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("restart");
            assertThatThrownBy(() -> store.get("m/a")).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> store.list("m/")).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> VersionedObject.create(store, "m/", 1, bytes(1)))
                    .isInstanceOf(IOException.class);
            assertThat(store.get("m/old")).contains(bytes(1));
        }
    }

    @Test
    void foldersComeAndGoUnderConcurrentCreators() throws Exception {
        try (var store = DirectoryStore.open(folder);
                var threads = Executors.newFixedThreadPool(4)) {
            var done = new ArrayList<Future<?>>();
            for (int thread = 0; thread < 4; thread++) {
                var name = "x/y/" + thread;
                done.add(
                        threads.submit(() -> {
                            for (int i = 0; i < 50; i++) {
                                assertThat(store.createIfAbsent(name, bytes(i))).isTrue();
                                assertThat(store.get(name)).contains(bytes(i));
                                store.delete(name);
                            }
                            return true;
                        }));
            }
            for (var each : done) {
                each.get();
            }
            assertThat(store.list("")).isEmpty();
            assertThat(folder.resolve("x")).doesNotExist();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static ByteBuffer bytes(int... values) {
        var bytes = ByteBuffer.allocate(values.length);
        IntStream.of(values).forEach(value -> bytes.put((byte) value));
        return bytes.flip();
    }
}
