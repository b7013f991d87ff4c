package io.headrace.store.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.ShardKey;
import io.headrace.store.StoreEvents;
import io.headrace.store.StoreSettings;
import io.headrace.store.journal.ObjectJournals;
import io.headrace.store.journal.Rules;
import io.headrace.store.journal.Signal;
import io.headrace.store.object.MemoryStore;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.record.BlockCipher;
import io.headrace.store.record.RecordBatch;
import io.headrace.store.record.TestBlocks;
import java.io.IOException;
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
import java.util.concurrent.locks.ReentrantLock;

/** Engines with their own threads on one store, and what each knows of the others. */
final class StoreNodes implements AutoCloseable {
    private static final int MIB = 1 << 20;

    final MemoryStore objects = new MemoryStore();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<ShardEngine> engines = new ArrayList<>();
    private final Map<ShardKey, String> places = new ConcurrentHashMap<>();
    private final Map<String, ShardEngine> asked = new ConcurrentHashMap<>();

    /** Sends everybody's requests for the shard there. */
    ShardKey place(ShardKey shard, String node) {
        places.put(shard, node);
        return shard;
    }

    String placed(ShardKey shard) {
        return places.getOrDefault(shard, "");
    }

    /** From now on others can ask it to release shards; who cannot be asked is taken for dead. */
    void canBeAsked(ShardEngine engine) {
        asked.put(engine.journalPoint().journalId(), engine);
    }

    ShardEngine open(String name) throws IOException {
        return open(name, objects, 8L * MIB);
    }

    /**
     * @param segmentBytes from which a shard is compacted
     */
    ShardEngine open(String name, ObjectStore store, long segmentBytes) throws IOException {
        var random = new Random(name.hashCode());
        var journals =
                new ObjectJournals(
                        store,
                        new ObjectJournals.Seams(
                                threads, threads, random, System::nanoTime, Signal::create),
                        new ObjectJournals.Settings(2 * MIB, 5_000_000_000L, MIB),
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
                        settings(segmentBytes));
        engine.start();
        engines.add(engine);
        return engine;
    }

    private static StoreSettings settings(long segmentBytes) {
        return new StoreSettings(
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
                200,
                20);
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
            var writer = asked.get(journalId);
            if (writer == null) {
                return Release.GONE;
            }
            writer.release(key).join();
            return Release.RELEASED;
        }
    }

    @Override
    public void close() throws IOException {
        for (var engine : engines) {
            engine.close();
        }
        threads.close();
    }

    static RecordBatch batch(String text) {
        return TestBlocks.batch(text.getBytes(StandardCharsets.UTF_8));
    }

    static void append(ShardEngine engine, ShardKey shard, String text) throws Exception {
        assertThat(engine.shards().append(shard, batch(text)).get())
                .isInstanceOf(AppendResult.Committed.class);
    }

    /** All records of the shard as this node reads them. */
    static List<String> read(ShardEngine engine, ShardKey shard) throws Exception {
        var texts = new ArrayList<String>();
        for (long from = 0; ; ) {
            var result = engine.shards().read(shard, from, 100, MIB).get();
            for (var slice : result.slices()) {
                var cursor = slice.block().records();
                for (long i = slice.block().firstIndex(); cursor.next(); i++) {
                    if (i >= slice.fromIndex() && i < slice.toIndex()) {
                        var data = cursor.bytes().slice(cursor.dataOffset(), cursor.dataLength());
                        texts.add(StandardCharsets.UTF_8.decode(data).toString());
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
