package io.headrace.store.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.journal.EntryGoneException;
import io.headrace.store.journal.ObjectJournals;
import io.headrace.store.journal.Rules;
import io.headrace.store.journal.Signal;
import io.headrace.store.object.CopyTarget;
import io.headrace.store.object.MemoryStore;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.WatchedStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies of shards that real engines write, compact, trim and hand over meanwhile. */
@Timeout(120)
class ShardCopiesTest {
    private static final int SHARDS = 4;
    private static final int ROUNDS_MAX = 50;

    private final StoreNodes nodes = new StoreNodes();
    private final ParallelTasks workers = new ParallelTasks(4);

    @AfterEach
    void close() throws IOException {
        workers.close();
        nodes.close();
    }

    @Test
    void aCopyHoldsWhatWasAcknowledgedBeforeItAndNoGap() throws Exception {
        var engines = new ArrayList<ShardEngine>();
        // Compacted about every hundred records.
        for (var name : List.of("a", "b")) {
            engines.add(nodes.open(name, nodes.objects, 100_000));
            nodes.canBeAsked(engines.getLast());
        }
        var acknowledged = new ArrayList<AtomicInteger>();
        for (int i = 0; i < SHARDS; i++) {
            nodes.place(shard(i), "a");
            acknowledged.add(new AtomicInteger());
        }
        var stop = new AtomicBoolean();
        var writers = new ArrayList<Thread>();
        for (int i = 0; i < SHARDS; i++) {
            int number = i;
            writers.add(
                    Thread.ofPlatform()
                            .start(() -> write(engines, number, acknowledged.get(number), stop)));
        }
        try {
            for (int round = 0; round < 5; round++) {
                awaitMore(acknowledged, 120);
                var before = acknowledged.stream().map(AtomicInteger::get).toList();
                var copy = new MemoryStore();
                copyAll(nodes.objects, copy);
                requireWhole(copy, before, round);
                // The next copy is taken while half of them move.
                nodes.place(shard(round % SHARDS), round % 2 == 0 ? "b" : "a");
            }
        } finally {
            stop.set(true);
            for (var writer : writers) {
                writer.join();
            }
        }
        assertThat(nodes.objects.list(SegmentNames.segments(shard(0)))).isNotEmpty();
    }

    @Test
    void anEndThatTheStreamDoesNotKnowYetIsNotCopied() throws Exception {
        var a = nodes.open("a");
        var shard = nodes.place(shard(0), "a");
        StoreNodes.append(a, shard, "0");
        a.shards().close(shard).get();
        var open = new MemoryStore();
        assertThat(copy(nodes.objects, open, Map.of(shard, true)).changed()).isEmpty();
        var closed = new MemoryStore();
        copy(nodes.objects, closed, Map.of(shard, false));
        assertThat(Manifest.newest(open, shard).orElseThrow().endIndex()).isEmpty();
        assertThat(Manifest.newest(closed, shard).orElseThrow().endIndex()).hasValue(1);
        assertThat(damage(open)).isEmpty();
        assertThat(damage(closed)).isEmpty();
    }

    /**
     * All that the manifest named in the journal is compacted and given back.
     *
     * @param at what of the store is read next then
     */
    @ParameterizedTest
    @ValueSource(strings = {"/floor/", "/entry/"})
    void entriesThatAreTrimmedMeanwhileAreNotTakenForTheEnd(String at) throws Exception {
        var a = nodes.open("a", nodes.objects, 100_000);
        var shard = nodes.place(shard(0), "a");
        for (int i = 0; i < 50; i++) {
            StoreNodes.append(a, shard, i + "x".repeat(1000));
        }
        var trimmed = new AtomicBoolean();
        var slow =
                new WatchedStore(nodes.objects, () -> {}) {
                    @Override
                    public List<String> list(String prefix) throws IOException {
                        before(prefix);
                        return super.list(prefix);
                    }

                    @Override
                    public ByteBuffer readUpTo(String name, long offset, int lengthMax)
                            throws IOException {
                        before(name);
                        return super.readUpTo(name, offset, lengthMax);
                    }

                    private void before(String name) {
                        if (name.contains(at) && trimmed.compareAndSet(false, true)) {
                            compactAndTrim(a, shard);
                        }
                    }
                };
        var copy = new MemoryStore();
        copyAll(slow, copy);
        assertThat(trimmed).isTrue();
        requireWhole(copy, List.of(50), 0);
    }

    private void compactAndTrim(ShardEngine engine, ShardKey shard) {
        var prefix = "journal/" + engine.journalPoint().journalId() + "/entry/";
        try {
            var first = nodes.objects.list(prefix).getFirst();
            // The floor is raised before the first goes.
            for (int i = 50; nodes.objects.size(first).isPresent(); i++) {
                StoreNodes.append(engine, shard, i + "x".repeat(1000));
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatTheNewestManifestNamesAndIsNotThereIsNamed() throws Exception {
        var a = nodes.open("a");
        var shard = nodes.place(shard(0), "a");
        for (int i = 0; i < 20; i++) {
            StoreNodes.append(a, shard, Integer.toString(i));
        }
        var journal = a.journalPoint().journalId();
        nodes.place(shard, "b");
        assertThat(StoreNodes.read(nodes.open("b"), shard)).hasSize(20);
        var store = nodes.objects.copy();
        var entries = store.list("journal/" + journal + "/entry/");
        store.delete(entries.get(entries.size() / 2));
        assertThatThrownBy(() -> copyAll(store, new MemoryStore()))
                .isInstanceOf(EntryGoneException.class)
                .hasMessageContaining("is not there");
    }

    /** Its writer died when it had claimed the shard for entries that it never wrote. */
    @Test
    void aRangeThatBeginsBehindTheEndOfItsJournalIsEmpty() throws Exception {
        var a = nodes.open("a");
        var shard = nodes.place(shard(0), "a");
        for (int i = 0; i < 5; i++) {
            StoreNodes.append(a, shard, Integer.toString(i));
        }
        var store = nodes.objects.copy();
        var journal = a.journalPoint().journalId();
        long end = journals(store).seal(journal);
        var newest = Manifest.newest(store, shard).orElseThrow();
        var range = newest.ranges().getFirst();
        var claimed =
                newest.claimed(
                        newest.epoch() + 1,
                        List.of(
                                range.endingAt(end),
                                new JournalRange(
                                        journal,
                                        end + 2,
                                        OptionalLong.empty(),
                                        newest.epoch() + 1)));
        assertThat(claimed.create(store)).isTrue();
        var copy = new MemoryStore();
        copyAll(store, copy);
        requireWhole(copy, List.of(5), 0);
    }

    private static ShardKey shard(int number) {
        return new ShardKey(1, number);
    }

    private void write(
            List<ShardEngine> engines, int number, AtomicInteger acknowledged, AtomicBoolean stop) {
        while (!stop.get()) {
            for (var engine : engines) {
                try {
                    StoreNodes.append(engine, shard(number), acknowledged.get() + "x".repeat(1000));
                    acknowledged.incrementAndGet();
                } catch (Exception e) {
                    // It is the other's.
                    assertThat(e.getCause())
                            .isInstanceOfSatisfying(
                                    RefusedException.class,
                                    refused ->
                                            assertThat(refused.code())
                                                    .isEqualTo(ErrorCode.NOT_OWNER));
                }
            }
        }
    }

    private static void awaitMore(List<AtomicInteger> counters, int more) {
        for (var counter : counters) {
            int from = counter.get();
            while (counter.get() < from + more) {
                Thread.onSpinWait();
            }
        }
    }

    private void copyAll(ObjectStore from, MemoryStore to) throws IOException {
        var open = new HashMap<ShardKey, Boolean>();
        for (var shard : StoreNames.list(from).shards().keySet()) {
            open.put(shard, true);
        }
        var copies = copies(from, to);
        for (int round = 0; !open.isEmpty(); round++) {
            assertThat(round).isLessThan(ROUNDS_MAX);
            open.keySet().retainAll(copies.copy(open).changed());
        }
        copies.finish();
    }

    private ShardCopies.Outcome copy(ObjectStore from, MemoryStore to, Map<ShardKey, Boolean> open)
            throws IOException {
        var copies = copies(from, to);
        var outcome = copies.copy(open);
        copies.finish();
        return outcome;
    }

    private ShardCopies copies(ObjectStore from, MemoryStore to) {
        CopyTarget target =
                (name, content) -> {
                    if (!to.createIfAbsent(name, content)) {
                        throw new FileAlreadyExistsException(name);
                    }
                };
        return new ShardCopies(
                from,
                new SharedTails(from, journals(from), workers),
                target,
                workers,
                new Random(),
                1 << 20,
                SharedCheck.Progress.NONE);
    }

    private static ObjectJournals journals(ObjectStore store) {
        return new ObjectJournals(
                store,
                new ObjectJournals.Seams(
                        Runnable::run,
                        Runnable::run,
                        new Random(),
                        System::nanoTime,
                        Signal::create),
                new ObjectJournals.Settings(1 << 20, 1, 0),
                Rules.ALL);
    }

    /**
     * All from 0 on, at least so many, as another process reads them that takes the shards over.
     */
    private void requireWhole(MemoryStore copy, List<Integer> atLeast, int round) throws Exception {
        assertThat(damage(copy)).isEmpty();
        var name = "reader-" + round;
        var reader = nodes.open(name, copy, 100_000);
        for (int i = 0; i < atLeast.size(); i++) {
            var place = nodes.placed(shard(i));
            nodes.place(shard(i), name);
            var found = StoreNodes.read(reader, shard(i));
            assertThat(found).hasSizeGreaterThanOrEqualTo(atLeast.get(i));
            for (int at = 0; at < found.size(); at++) {
                assertThat(found.get(at).replace("x", "")).isEqualTo(Integer.toString(at));
            }
            nodes.place(shard(i), place);
        }
    }

    private List<ShardCheck.Finding> damage(ObjectStore store) throws IOException {
        return new SharedCheck(store, journals(store), SharedCheck.Progress.NONE)
                .run(workers, () -> Set.of(1L)).findings().stream()
                        .filter(ShardCheck.Finding::isDamage)
                        .toList();
    }
}
