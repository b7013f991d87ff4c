package io.headrace.store.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.ShardKey;
import io.headrace.store.journal.ObjectJournals;
import io.headrace.store.journal.Rules;
import io.headrace.store.journal.Signal;
import io.headrace.store.object.MemoryStore;
import io.headrace.store.object.VersionedObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the check and the collection find on a store that real engines wrote. */
@Timeout(60)
class SharedCheckTest {
    private static final String BIG = "x".repeat(1000);

    /** As it was after all was written: the engines go on compacting and trimming theirs. */
    private MemoryStore still = new MemoryStore();

    private final StoreNodes nodes = new StoreNodes();
    private final ShardKey shard = nodes.place(new ShardKey(1, 0), "a");
    private final List<String> written = new ArrayList<>();
    private final List<String> removed = new ArrayList<>();
    private final List<String> kept = new ArrayList<>();
    private String first = "";
    private String second = "";

    /** A shard with segments, a journal that was ended, and one that is still written. */
    @BeforeEach
    void write() throws Exception {
        // Compacted once, about when all hundred are there: what comes then stays in the journal.
        var a = nodes.open("a", nodes.objects, 100_000);
        first = a.journalPoint().journalId();
        append(a, 100);
        while (nodes.objects.list(SegmentNames.segments(shard)).isEmpty()) {
            // The maintenance thread has no event that says so.
            Thread.sleep(20);
        }
        append(a, 5);
        nodes.place(shard, "b");
        var b = nodes.open("b");
        second = b.journalPoint().journalId();
        assertThat(StoreNodes.read(b, shard)).isEqualTo(written);
        append(b, 5);
        still = nodes.objects.copy();
    }

    @AfterEach
    void close() throws IOException {
        nodes.close();
    }

    @Test
    void aSoundStoreHasNoDamageWhileItIsUsed() throws IOException {
        var report = check(nodes.objects);
        assertThat(damage(report)).isEmpty();
        assertThat(report.shards()).isEqualTo(1);
        assertThat(report.records()).isEqualTo(written.size());
    }

    @Test
    void aSegmentThatIsGoneIsNamed() throws IOException {
        var segment = segment();
        var store = still.copy();
        store.delete(segment);
        assertThat(damage(check(store)))
                .containsExactly(new ShardCheck.Finding(true, segment, "there is no such segment"));
    }

    @Test
    void everyFlippedByteOfASegmentIsFound() throws IOException {
        var segment = segment();
        int length = (int) (long) still.size(segment).orElseThrow();
        for (int at = 0; at < length; at += Math.max(1, length / 60)) {
            int flipped = at;
            var store = changed(segment, bytes -> flip(bytes, flipped));
            assertThat(damage(check(store))).as("byte %d", at).isNotEmpty();
            assertThat(damage(check(store))).allMatch(found -> found.where().equals(segment));
        }
    }

    @Test
    void aSegmentThatIsCutOffIsFound() throws IOException {
        var segment = segment();
        var store = changed(segment, bytes -> bytes.slice(0, bytes.limit() / 2));
        assertThat(damage(check(store)))
                .singleElement()
                .satisfies(found -> assertThat(found.where()).isEqualTo(segment));
    }

    @Test
    void anEntryThatIsGoneBelowTheSealIsFound() throws IOException {
        var name = entriesOf(first).get(entriesOf(first).size() - 2);
        var store = still.copy();
        store.delete(name);
        var found = damage(check(store));
        assertThat(found)
                .anySatisfy(one -> {
                    assertThat(one.where()).isEqualTo(name);
                    assertThat(one.what()).contains("missing");
                });
        assertThat(found)
                .anySatisfy(one -> assertThat(one.what()).contains("records [", "are missing"));
    }

    @Test
    void everyFlippedByteOfAnEntryIsFound() throws IOException {
        for (var journal : List.of(first, second)) {
            var names = entriesOf(journal);
            // Of the journal that was ended, the last is its tombstone.
            var name = names.get(names.size() - 2);
            int length = (int) (long) still.size(name).orElseThrow();
            for (int at = 0; at < length; at += 13) {
                int flipped = at;
                var store = changed(name, bytes -> flip(bytes, flipped));
                assertThat(damage(check(store)))
                        .as("byte %d", at)
                        .anyMatch(found -> found.where().equals(name));
            }
        }
    }

    @Test
    void twoEntriesInEachOthersPlaceAreFound() throws IOException {
        var names = entriesOf(second);
        var one = still.get(names.get(0)).orElseThrow();
        var other = still.get(names.get(1)).orElseThrow();
        var store = changed(names.get(0), bytes -> other);
        store.delete(names.get(1));
        store.createIfAbsent(names.get(1), one);
        assertThat(damage(check(store)))
                .extracting(ShardCheck.Finding::where)
                .contains(names.get(0), names.get(1));
    }

    @Test
    void theTombstoneAndTheFloorAreMissed() throws IOException {
        var store = still.copy();
        var tombstone = entriesOf(first).getLast();
        store.delete(tombstone);
        for (var floor : store.list("journal/" + second + "/floor/")) {
            store.delete(floor);
        }
        assertThat(damage(check(store)))
                .extracting(ShardCheck.Finding::where)
                .contains(tombstone, "journal " + second);
    }

    @Test
    void aDamagedManifestIsFoundAndTheCollectionLeavesItsShardAlone() throws IOException {
        var manifest = still.list(Manifest.prefix(shard)).getFirst();
        var store = changed(manifest, bytes -> flip(bytes, bytes.limit() - 3));
        assertThat(damage(check(store)))
                .singleElement()
                .satisfies(found -> assertThat(found.where()).isEqualTo("shard " + shard));
        var before = store.list("");
        collect(store, false, Set.of(1L));
        assertThat(store.list("")).isEqualTo(before);
        assertThat(kept).anySatisfy(text -> assertThat(text).contains("cannot be read"));
    }

    @Test
    void aGapInALiveJournalIsDamageOnlyIfItCannotBeUnderWay() throws IOException {
        var store = still.copy();
        var prefix = "journal/" + second + "/entry/";
        long next = entriesOf(second).size();
        store.createIfAbsent(prefix + "%019d".formatted(next + 1), ByteBuffer.allocate(1));
        assertThat(damage(check(store))).isEmpty();
        for (int i = 2; i < 80; i++) {
            store.createIfAbsent(prefix + "%019d".formatted(next + i), ByteBuffer.allocate(1));
        }
        assertThat(damage(check(store)))
                .containsExactly(
                        new ShardCheck.Finding(
                                true,
                                prefix + "%019d".formatted(next),
                                "it is missing, and 79 later entries are there"));
    }

    @Test
    void onlyWhatNothingRefersToIsCollected() throws Exception {
        var store = still.copy();
        var newest = Manifest.newest(store, shard).orElseThrow();
        var segments = SegmentNames.segments(shard);
        var orphan = SegmentNames.of(segments, newest.version(), 7);
        var prepared = SegmentNames.of(segments, newest.version() + 1, 7);
        for (var name : List.of(orphan, prepared, "mine/own")) {
            store.createIfAbsent(name, ByteBuffer.allocate(10));
        }
        VersionedObject.create(store, "meta/accounts/1/", 1, ByteBuffer.allocate(1));
        VersionedObject.create(store, "meta/accounts/1/", 2, ByteBuffer.allocate(1));
        VersionedObject.create(store, "meta/streams/1/n=x/", 1, ByteBuffer.allocate(1));
        var before = store.list("");
        collect(store, true, Set.of(1L));
        assertThat(store.list("")).isEqualTo(before);
        var wouldGo = List.copyOf(removed);
        removed.clear();
        collect(store, false, Set.of(1L));
        assertThat(removed).isEqualTo(wouldGo).contains(orphan).doesNotContain(prepared);
        assertThat(store.size(prepared)).isPresent();
        assertThat(store.size(orphan)).isEmpty();
        assertThat(store.list("meta/accounts/1/")).hasSize(1);
        assertThat(kept).contains("mine/own: Headrace gives no such name");
        assertThat(damage(check(store))).isEmpty();
        assertThat(check(store).records()).isEqualTo(written.size());
    }

    @Test
    void entriesOfAJournalAtItsEndGoAndItsTombstoneStays() throws Exception {
        var c = nodes.open("c", still, 1);
        nodes.place(shard, "c");
        append(c, 1);
        while (!Manifest.newest(still, shard).orElseThrow().ranges().stream()
                .allMatch(range -> range.journalId().equals(c.journalPoint().journalId()))) {
            // The maintenance thread has no event that says so.
            Thread.sleep(20);
        }
        var tombstone = entriesOf(first).getLast();
        collect(still, false, Set.of(1L));
        assertThat(entriesOf(first)).containsExactly(tombstone);
        assertThat(entriesOf(second)).hasSize(1);
        assertThat(StoreNodes.read(c, shard)).isEqualTo(written);
        append(c, 3);
        assertThat(damage(check(still))).isEmpty();
    }

    @Test
    void aShardWithoutStreamGoesOnlyIfItsManifestNamesNothing() throws Exception {
        var store = still.copy();
        VersionedObject.create(store, "meta/streams/1/n=x/", 1, ByteBuffer.allocate(1));
        var late = SegmentNames.of(SegmentNames.segments(new ShardKey(9, 3)), 1, 7);
        store.createIfAbsent(late, ByteBuffer.allocate(10));
        collect(store, false, Set.of());
        assertThat(store.size(late)).isEmpty();
        assertThat(kept)
                .contains(
                        shard.prefix()
                                + ": there is no such stream, but its manifest names records");
        assertThat(damage(check(store))).isEmpty();
    }

    private void append(ShardEngine engine, int records) throws Exception {
        for (int i = 0; i < records; i++) {
            var text = BIG + written.size();
            StoreNodes.append(engine, shard, text);
            written.add(text);
        }
    }

    private String segment() throws IOException {
        return Manifest.newest(still, shard).orElseThrow().segments().getFirst().name();
    }

    private List<String> entriesOf(String journal) throws IOException {
        return still.list("journal/" + journal + "/entry/");
    }

    private MemoryStore changed(String name, UnaryOperator<ByteBuffer> change) throws IOException {
        var store = still.copy();
        var bytes = store.get(name).orElseThrow();
        store.delete(name);
        store.createIfAbsent(name, change.apply(bytes));
        return store;
    }

    private static ByteBuffer flip(ByteBuffer bytes, int at) {
        return bytes.put(at, (byte) (bytes.get(at) ^ 1));
    }

    private static List<ShardCheck.Finding> damage(ShardCheck.Report report) {
        return report.findings().stream().filter(ShardCheck.Finding::isDamage).toList();
    }

    private static ShardCheck.Report check(MemoryStore store) throws IOException {
        try (var workers = new ParallelTasks(2)) {
            return new SharedCheck(store, journals(store), SharedCheck.Progress.NONE)
                    .run(workers, () -> Set.of(1L));
        }
    }

    private void collect(MemoryStore store, boolean isDryRun, Set<Long> streams)
            throws IOException {
        var listener =
                new StoreGc.Listener() {
                    @Override
                    public void removed(String name, long bytes, String why) {
                        removed.add(name);
                    }

                    @Override
                    public void kept(String name, String why) {
                        kept.add(name + ": " + why);
                    }
                };
        new StoreGc(store, journals(store), listener, isDryRun).run(() -> streams);
    }

    private static ObjectJournals journals(MemoryStore store) {
        return new ObjectJournals(
                store,
                new ObjectJournals.Seams(
                        Runnable::run,
                        Runnable::run,
                        new Random(1),
                        System::nanoTime,
                        Signal::create),
                new ObjectJournals.Settings(1 << 20, 1, 0),
                Rules.ALL);
    }
}
