package io.headrace.store.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.StoreEvents;
import io.headrace.store.StoreSettings;
import io.headrace.store.journal.ObjectJournals;
import io.headrace.store.journal.Rules;
import io.headrace.store.journal.Signal;
import io.headrace.store.object.MemoryStore;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.WatchedStore;
import io.headrace.store.record.BlockCipher;
import io.headrace.store.record.TestBlocks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several engines with their own threads on one store: who owns a shard, and what it keeps. */
@Timeout(60)
class SharedStoreTest {
    private static final int MIB = 1 << 20;

    private final MemoryStore objects = new MemoryStore();
    private final ShardKey shard = new ShardKey(1, 0);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<ShardEngine> engines = new ArrayList<>();

    /** Where each shard should be: the name of a node. */
    private final Map<ShardKey, String> places = new ConcurrentHashMap<>();

    /** Who can be asked to release shards of a journal, by its id. */
    private final Map<String, ShardEngine> writers = new ConcurrentHashMap<>();

    @AfterEach
    void close() throws IOException {
        for (var engine : engines) {
            engine.close();
        }
        threads.close();
    }

    @Test
    void aNodeThatDiedIsSucceededByAnother() throws Exception {
        var first = node("a");
        for (int i = 0; i < 50; i++) {
            append(first, "a" + i);
        }
        places.put(shard, "b");
        var second = node("b");
        assertThat(read(second)).hasSize(50).startsWith("a0").endsWith("a49");
        append(second, "b0");
        // Whoever it was is fenced, as a whole, and serves nothing of it any more.
        assertThatThrownBy(() -> append(first, "late")).hasCauseInstanceOf(RefusedException.class);
        assertThat(read(second)).hasSize(51).endsWith("a49", "b0");
    }

    @Test
    void whoWasFencedGoesOnInAnotherJournal() throws Exception {
        var first = node("a");
        append(first, "a0");
        var other = new ShardKey(1, 1);
        places.put(other, "b");
        places.put(shard, "b");
        var second = node("b");
        assertThat(read(second)).containsExactly("a0");
        places.put(shard, "a");
        places.put(other, "a");
        // Its first attempt may still find the end of the old journal.
        appendOnceItWorks(first, "a1");
        assertThat(read(first)).containsExactly("a0", "a1");
        assertThatThrownBy(() -> second.shards().bounds(other).get())
                .hasCauseInstanceOf(RefusedException.class);
    }

    @Test
    void ownersOneAfterAnotherLoseNothingThatWasNotCompacted() throws Exception {
        var expected = new ArrayList<String>();
        for (int n = 0; n < 6; n++) {
            places.put(shard, "n" + n);
            var node = node("n" + n);
            for (int i = 0; i < 7; i++) {
                appendOnceItWorks(node, n + "." + i);
                expected.add(n + "." + i);
            }
            assertThat(read(node)).isEqualTo(expected);
        }
        assertThat(Manifest.newest(objects, shard).orElseThrow().ranges()).hasSize(6);
    }

    @Test
    void aReleaseEndsNoJournalAndTakesFewWrites() throws Exception {
        var creates = new AtomicInteger();
        var counted =
                new WatchedStore(objects, () -> {}) {
                    @Override
                    public boolean createIfAbsent(String name, ByteBuffer... content)
                            throws IOException {
                        creates.incrementAndGet();
                        return super.createIfAbsent(name, content);
                    }
                };
        var first = node("a", counted);
        var second = node("b", counted);
        var other = new ShardKey(1, 1);
        places.put(other, "a");
        first.shards().append(other, batch("kept")).get();
        append(first, "a0");
        second.shards().append(place(new ShardKey(1, 2), "b"), batch("b")).get();
        int before = creates.get();
        places.put(shard, "b");
        writers.put(first.journalPoint().journalId(), first);
        append(second, "b0");
        // The release, the claim, and the entry itself.
        assertThat(creates.get() - before).isLessThanOrEqualTo(3);
        assertThat(read(second)).containsExactly("a0", "b0");
        var journal = first.journalPoint().journalId();
        first.shards().append(other, batch("goes on")).get();
        assertThat(first.journalPoint().journalId()).isEqualTo(journal);
        assertThatThrownBy(() -> append(first, "no"))
                .cause()
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_OWNER));
    }

    @Test
    void aShardGoesToAndFroUnderLoad() throws Exception {
        var nodes = List.of(node("a"), node("b"));
        nodes.forEach(node -> writers.put(node.journalPoint().journalId(), node));
        var expected = new ArrayList<String>();
        for (int round = 0; round < 30; round++) {
            int at = round % 2;
            places.put(shard, at == 0 ? "a" : "b");
            for (int i = 0; i < 5; i++) {
                append(nodes.get(at), round + "." + i);
                expected.add(round + "." + i);
            }
        }
        assertThat(read(nodes.get(1))).isEqualTo(expected);
    }

    @Test
    void whatEndedIsReadByAnybody() throws Exception {
        var first = node("a");
        append(first, "a0");
        assertThat(first.shards().close(shard).get().closed()).isTrue();
        places.put(shard, "b");
        var second = node("b");
        assertThat(read(second)).containsExactly("a0");
        assertThat(second.shards().append(shard, batch("no")).get())
                .isInstanceOf(AppendResult.Closed.class);
        // Nobody was fenced for it.
        first.shards().append(place(new ShardKey(1, 1), "a"), batch("on")).get();
    }

    @Test
    void manyShardsOfOneThatDiedAreTakenOverAtOnce() throws Exception {
        int shards = 200;
        var first = node("a");
        for (int i = 0; i < shards; i++) {
            first.shards().append(place(new ShardKey(2, i), "a"), batch("r" + i)).get();
        }
        var reads = new AtomicInteger();
        var counted =
                new WatchedStore(objects, () -> {}) {
                    @Override
                    public ByteBuffer read(String name, long offset, int length)
                            throws IOException {
                        if (name.contains("/entry/")) {
                            reads.incrementAndGet();
                        }
                        return super.read(name, offset, length);
                    }
                };
        var second = node("b", counted);
        var bounds = new ArrayList<java.util.concurrent.CompletableFuture<ShardBounds>>();
        for (int i = 0; i < shards; i++) {
            bounds.add(second.shards().bounds(place(new ShardKey(2, i), "b")));
        }
        for (var bound : bounds) {
            assertThat(bound.get().nextIndex()).isEqualTo(1);
        }
        // The tables of at most that many entries, for the seal and for the walk.
        assertThat(reads.get()).isLessThanOrEqualTo(2 * shards + 64);
    }

    @Test
    void whatNoManifestNamesGoesAndNothingElse() throws Exception {
        var first = node("a", objects, 1);
        var big = "x".repeat(1000);
        for (int i = 0; i < 400; i++) {
            append(first, big + i);
        }
        awaitTrimmed(first.journalPoint().journalId());
        assertThat(read(first)).hasSize(400);
        places.put(shard, "b");
        var second = node("b");
        assertThat(read(second)).hasSize(400).endsWith(big + 399);
    }

    private void awaitTrimmed(String journalId) throws Exception {
        var prefix = "journal/" + journalId + "/entry/";
        // The maintenance thread has no event that says so.
        while (objects.list(prefix).size() > 300) {
            Thread.sleep(20);
        }
    }

    private ShardKey place(ShardKey key, String node) {
        places.put(key, node);
        return key;
    }

    private ShardEngine node(String name) throws IOException {
        return node(name, objects);
    }

    private ShardEngine node(String name, ObjectStore store) throws IOException {
        return node(name, store, 8L * MIB);
    }

    private ShardEngine node(String name, ObjectStore store, long segmentBytes) throws IOException {
        places.putIfAbsent(shard, name);
        var random = new Random(name.hashCode());
        var settings =
                new StoreSettings(
                        Path.of("unused"),
                        8 * MIB,
                        64L * MIB,
                        2 * MIB,
                        MIB,
                        64L * MIB,
                        100_000,
                        8L * MIB,
                        8L * MIB,
                        8,
                        segmentBytes,
                        16L * MIB,
                        3_600_000,
                        600_000,
                        20);
        var journals =
                new ObjectJournals(
                        store,
                        new ObjectJournals.Seams(
                                threads, threads, random, System::nanoTime, Signal::create),
                        new ObjectJournals.Settings(2 * MIB, 5_000_000_000L),
                        Rules.ALL);
        var engine =
                ShardEngine.open(
                        new ShardEngine.Seams(
                                store,
                                journals,
                                Retention.FOREVER,
                                BlockCipher.PLAIN,
                                () -> Instant.EPOCH,
                                System::nanoTime,
                                random,
                                StoreEvents.NONE,
                                ReentrantLock::new,
                                Sharing.with(new View(name))),
                        settings);
        engine.start();
        engines.add(engine);
        return engine;
    }

    private final class View implements ClusterView {
        private final String name;

        View(String name) {
            this.name = name;
        }

        @Override
        public boolean isHere(ShardKey key) {
            return name.equals(places.get(key));
        }

        @Override
        public Release release(String journalId, ShardKey key) {
            var writer = writers.get(journalId);
            if (writer == null) {
                return Release.GONE;
            }
            writer.release(key).join();
            return Release.RELEASED;
        }
    }

    private void append(ShardEngine engine, String text) throws Exception {
        var result = engine.shards().append(shard, batch(text)).get();
        assertThat(result).isInstanceOf(AppendResult.Committed.class);
    }

    private void appendOnceItWorks(ShardEngine engine, String text) throws Exception {
        while (true) {
            try {
                append(engine, text);
                return;
            } catch (java.util.concurrent.ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(RefusedException.class);
            }
        }
    }

    private static io.headrace.store.record.RecordBatch batch(String text) {
        return TestBlocks.batch(text.getBytes(StandardCharsets.UTF_8));
    }

    private List<String> read(ShardEngine engine) throws Exception {
        var texts = new ArrayList<String>();
        long from = 0;
        while (true) {
            var result = engine.shards().read(shard, from, 100, MIB).get();
            for (var slice : result.slices()) {
                var cursor = slice.block().records();
                for (long i = slice.block().firstIndex(); cursor.next(); i++) {
                    if (i >= slice.fromIndex() && i < slice.toIndex()) {
                        texts.add(
                                StandardCharsets.UTF_8
                                        .decode(
                                                cursor.bytes()
                                                        .slice(
                                                                cursor.dataOffset(),
                                                                cursor.dataLength()))
                                        .toString());
                    }
                }
            }
            if (result.nextIndex() == from) {
                return texts;
            }
            from = result.nextIndex();
        }
    }
}
