package io.headrace.store.cache;

import static io.headrace.store.cache.CachedObjects.PIECE_BYTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.object.MemoryStore;
import io.headrace.store.object.WatchedStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CachedObjectsTest {
    private static final String NAME = "shards/0/00000000/segments/a";
    private static final String OTHER = "shards/0/00000000/segments/b";
    private static final int LENGTH = 5 * PIECE_BYTES + 1234;

    @TempDir Path folder;

    private final MemoryStore memory = new MemoryStore();
    private final AtomicInteger requests = new AtomicInteger();
    private final Queue<Runnable> background = new ArrayDeque<>();
    private final Events events = new Events();
    private final ByteBuffer content = noise(1);

    private static final class Events implements CacheEvents {
        int evicted;
        int damaged;
        int shrinking;
        int turnedOff;
        int failed;
        long ahead;
        long wasted;

        @Override
        public void evicted() {
            evicted++;
        }

        @Override
        public void damaged(String name) {
            damaged++;
        }

        @Override
        public void shrinking(long bytesLeft) {
            shrinking++;
        }

        @Override
        public void turnedOff(IOException cause) {
            turnedOff++;
        }

        @Override
        public void readAheadFailed(String name, IOException cause) {
            failed++;
        }

        @Override
        public void readAhead(long bytes) {
            ahead += bytes;
        }

        @Override
        public void wasted(long bytes) {
            wasted += bytes;
        }
    }

    private static ByteBuffer noise(int seed) {
        var bytes = new byte[LENGTH];
        new Random(seed).nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }

    private CachedObjects open(CacheSettings settings) throws IOException {
        memory.createIfAbsent(NAME, content.duplicate());
        memory.createIfAbsent(OTHER, noise(2));
        return CachedObjects.open(
                new WatchedStore(memory, requests::incrementAndGet),
                CachedObjects::isSegment,
                settings,
                events,
                background::add);
    }

    private CachedObjects open(long pieces) throws IOException {
        return open(new CacheSettings(folder, "here", pieces * PIECE_BYTES, 2L * PIECE_BYTES, 0));
    }

    private void assertReads(CachedObjects cached, int offset, int length, int requestsWanted)
            throws IOException {
        int before = requests.get();
        assertThat(cached.read(NAME, offset, length)).isEqualTo(content.slice(offset, length));
        assertThat(requests.get() - before).as("requests").isEqualTo(requestsWanted);
    }

    private List<Path> files() {
        try (var walked = Files.walk(folder)) {
            return walked.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void runBackground() {
        for (var task = background.poll(); task != null; task = background.poll()) {
            task.run();
        }
    }

    @Test
    void whatWasReadIsReadHereAndAfterARestart() throws IOException {
        var cached = open(100);
        assertReads(cached, 100, LENGTH - 100, 1);
        assertReads(cached, 0, LENGTH, 0);
        assertReads(cached, LENGTH - 10, 10, 0);
        assertThat(cached.cachedBytes()).isEqualTo(LENGTH);
        var again = open(100);
        assertThat(again.cachedBytes()).isEqualTo(LENGTH);
        assertReads(again, PIECE_BYTES - 3, 6, 0);
    }

    @Test
    void onlySegmentsAreKept() throws IOException {
        var cached = open(100);
        cached.createIfAbsent("shards/0/00000000/manifest/1", ByteBuffer.allocate(10));
        cached.read("shards/0/00000000/manifest/1", 0, 10);
        cached.willRead("shards/0/00000000/manifest/1", 0, 10);
        assertThat(files()).isEmpty();
        assertThat(background).isEmpty();
    }

    @Test
    void aDamagedPieceIsFetchedAgain() throws IOException {
        var cached = open(100);
        assertReads(cached, 0, LENGTH, 1);
        var files = files();
        assertThat(files).hasSize(6);
        // Cut off, nothing of it, a bit of the content, of the header, and another's.
        try (var cut = FileChannel.open(files.get(0), StandardOpenOption.WRITE)) {
            cut.truncate(4000);
        }
        Files.write(files.get(1), new byte[0]);
        flip(files.get(2), 70_000);
        flip(files.get(3), 5);
        Files.copy(files.get(5), files.get(4), StandardCopyOption.REPLACE_EXISTING);
        assertReads(cached, 0, LENGTH, 1);
        assertThat(events.damaged).isEqualTo(5);
        assertReads(cached, 0, LENGTH, 0);
        files.forEach(file -> assertThat(file.toFile().delete()).isTrue());
        assertReads(cached, 0, LENGTH, 1);
    }

    private static void flip(Path file, int at) throws IOException {
        var bytes = Files.readAllBytes(file);
        bytes[at] ^= 4;
        Files.write(file, bytes);
    }

    @Test
    void thoseUnreadForLongestMakeRoom() throws IOException {
        var cached = open(3);
        for (int piece = 0; piece < 3; piece++) {
            assertReads(cached, piece * PIECE_BYTES, 10, 1);
        }
        assertReads(cached, 0, 10, 0);
        assertReads(cached, 3 * PIECE_BYTES, 10, 1);
        assertThat(events.evicted).isEqualTo(1);
        assertThat(files()).hasSize(3);
        assertThat(cached.cachedBytes()).isEqualTo(3L * PIECE_BYTES);
        assertReads(cached, 0, 10, 0);
        assertReads(cached, PIECE_BYTES, 10, 1);
        // Also of what an earlier process was allowed.
        assertThat(open(1).cachedBytes()).isEqualTo(PIECE_BYTES);
        assertThat(files()).hasSize(1);
    }

    @Test
    void whatIsDeletedIsGone() throws IOException {
        var cached = open(100);
        assertReads(cached, 0, LENGTH, 1);
        cached.read(OTHER, 0, 10);
        cached.delete(NAME);
        assertThat(files()).hasSize(1);
        assertThat(cached.cachedBytes()).isEqualTo(PIECE_BYTES);
        assertThatThrownBy(() -> cached.read(NAME, 0, 10)).isInstanceOf(NoSuchFileException.class);
        cached.willRead(OTHER, PIECE_BYTES, 1);
        var late = background.remove();
        cached.delete(OTHER);
        memory.createIfAbsent(OTHER, noise(2));
        late.run();
        assertThat(files()).isEmpty();
    }

    @Test
    void ofManyWhoMissAPieceOneFetchesIt() throws Exception {
        memory.createIfAbsent(NAME, content.duplicate());
        var asked = new CountDownLatch(1);
        var answer = new CountDownLatch(1);
        var slow =
                new WatchedStore(memory, () -> {}) {
                    @Override
                    public ByteBuffer readUpTo(String name, long offset, int lengthMax)
                            throws IOException {
                        requests.incrementAndGet();
                        asked.countDown();
                        try {
                            answer.await();
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                        return super.readUpTo(name, offset, lengthMax);
                    }
                };
        var joined = new CountDownLatch(7);
        var cached =
                CachedObjects.open(
                        slow,
                        CachedObjects::isSegment,
                        CacheSettings.of(folder, "here", 100L * PIECE_BYTES),
                        new CacheEvents() {
                            @Override
                            public void hit() {
                                joined.countDown();
                            }
                        },
                        Runnable::run);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var reads = new ArrayList<Future<ByteBuffer>>();
            reads.add(threads.submit(() -> cached.read(NAME, 7, 100)));
            asked.await();
            for (int i = 0; i < 7; i++) {
                reads.add(threads.submit(() -> cached.read(NAME, 7, 100)));
            }
            joined.await();
            answer.countDown();
            for (var read : reads) {
                assertThat(read.get()).isEqualTo(content.slice(7, 100));
            }
        }
        assertThat(requests.get()).isEqualTo(1);
    }

    @Test
    void anotherStoresPiecesAreNotServed() throws IOException {
        assertReads(open(100), 0, 10, 1);
        var other = open(new CacheSettings(folder, "there", 100L * PIECE_BYTES, 0, 0));
        assertThat(files()).isEmpty();
        assertReads(other, 0, 10, 1);
    }

    @Test
    void aDiskWithoutRoomShrinksTheCacheAndNoReadFails() throws IOException {
        var roomy = open(100);
        assertReads(roomy, 0, 4 * PIECE_BYTES, 1);
        var tight = open(new CacheSettings(folder, "here", 100L * PIECE_BYTES, 0, 1L << 60));
        assertThat(tight.cachedBytes()).isEqualTo(4L * PIECE_BYTES);
        assertReads(tight, 4 * PIECE_BYTES, 10, 1);
        assertThat(tight.cachedBytes()).isEqualTo(2L * PIECE_BYTES);
        assertReads(tight, 4 * PIECE_BYTES, 10, 1);
        assertReads(tight, 4 * PIECE_BYTES, 10, 1);
        assertThat(files()).isEmpty();
        assertThat(events.shrinking).isEqualTo(1);
        assertThat(events.turnedOff).isZero();
    }

    @Test
    void aBrokenDiskTurnsTheCacheOffAndNoReadFails() throws IOException {
        var cached = open(100);
        assertReads(cached, 0, 10, 1);
        var place = files().getFirst().getParent();
        Files.delete(files().getFirst());
        Files.delete(place);
        Files.createFile(place);
        assertReads(cached, 0, 10, 1);
        assertReads(cached, 0, 10, 1);
        assertThat(events.turnedOff).isEqualTo(1);
    }

    @Test
    void whatIsSaidToBeReadSoonIsFetchedWithinTheBudget() throws IOException {
        var cached = open(100);
        cached.willRead(NAME, 10, LENGTH - 10);
        assertThat(background).hasSize(2);
        runBackground();
        assertThat(events.ahead).isEqualTo(2L * PIECE_BYTES);
        assertReads(cached, 10, PIECE_BYTES, 0);
        cached.willRead(NAME, 10, LENGTH - 10);
        assertThat(background).hasSize(2);
        runBackground();
        assertReads(cached, 0, 4 * PIECE_BYTES, 0);
        cached.delete(NAME);
        assertThat(events.wasted).isZero();
        memory.createIfAbsent(NAME, content.duplicate());
        cached.willRead(NAME, 0, 1);
        runBackground();
        cached.delete(NAME);
        assertThat(events.wasted).isEqualTo(PIECE_BYTES);
    }

    @Test
    void aFailedReadAheadIsTheReadersToTryAgain() throws IOException {
        var cached = open(100);
        memory.delete(NAME);
        cached.willRead(NAME, 0, 1);
        runBackground();
        assertThat(events.failed).isEqualTo(1);
        memory.createIfAbsent(NAME, content.duplicate());
        assertReads(cached, 0, 10, 1);
    }

    @Test
    void nobodyElseMayReadTheFiles() throws IOException {
        var parent = folder.resolve("cache");
        var cached = open(new CacheSettings(parent, "here", 100L * PIECE_BYTES, 0, 0));
        assertReads(cached, 0, 10, 1);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(parent)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files().getFirst())))
                .isEqualTo("rw-------");
    }
}
