package io.headrace.store.shard;

import static io.headrace.store.shard.StoreNodes.append;
import static io.headrace.store.shard.StoreNodes.batch;
import static io.headrace.store.shard.StoreNodes.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.WatchedStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever an owner was about when it lost a shard, its successors have all it acknowledged. */
@Timeout(60)
class OwnershipTest {
    private static final long MIB = 1 << 20;

    private final StoreNodes nodes = new StoreNodes();
    private final ShardKey shard = nodes.place(new ShardKey(1, 0), "a");

    @AfterEach
    void close() throws IOException {
        nodes.close();
    }

    /** Between creating a manifest and looking whether it is the highest, another built on it. */
    @Test
    void whatALostOwnerNamedStaysForWhoBuiltOnIt() throws Exception {
        var successor = nodes.open("b");
        var taken = new CompletableFuture<List<String>>();
        var slow =
                new WatchedStore(nodes.objects, () -> {}) {
                    private final AtomicBoolean done = new AtomicBoolean();

                    @Override
                    public boolean createIfAbsent(String name, ByteBuffer... content)
                            throws IOException {
                        boolean created = super.createIfAbsent(name, content);
                        if (isManifestOf(shard, name)
                                && hasSegment(shard)
                                && done.compareAndSet(false, true)) {
                            nodes.place(shard, "b");
                            taken.complete(readAll(successor));
                        }
                        return created;
                    }
                };
        var first = nodes.open("a", slow, 100_000);
        var expected = new ArrayList<String>();
        while (!taken.isDone()) {
            var text = "x".repeat(5000) + expected.size();
            try {
                append(first, shard, text);
            } catch (java.util.concurrent.ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(RefusedException.class);
                break;
            }
            expected.add(text);
        }
        assertThat(taken.get()).startsWith(expected.getFirst());
        // What the first one does now that it noticed must take nothing from the second.
        awaitDropped(first);
        nodes.place(shard, "c");
        var third = nodes.open("c");
        assertThat(read(third, shard)).containsAll(expected);
    }

    @Test
    void whatWasDeletedIsDeletedAgainAndNotBroughtBack() throws Exception {
        var node = nodes.open("a");
        append(node, shard, "x");
        node.shards().delete(shard).get();
        node.shards().delete(shard).get();
        assertThatThrownBy(() -> node.shards().close(shard).get())
                .cause()
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused ->
                                assertThat(refused.code()).isEqualTo(ErrorCode.RESOURCE_NOT_FOUND));
        assertThat(nodes.objects.list(shard.prefix())).isEmpty();
    }

    /** Its manifest names the journal still, and whoever asks would end that for all shards. */
    @Test
    void whoCouldNotDeleteAShardReleasesItWhenAsked() throws Exception {
        var failing = new AtomicBoolean();
        var store =
                new WatchedStore(nodes.objects, () -> {}) {
                    @Override
                    public boolean createIfAbsent(String name, ByteBuffer... content)
                            throws IOException {
                        if (failing.get() && isManifestOf(shard, name)) {
                            throw new IOException("the store is away");
                        }
                        return super.createIfAbsent(name, content);
                    }
                };
        var first = nodes.open("a", store, 8 * MIB);
        nodes.canBeAsked(first);
        append(first, shard, "x");
        failing.set(true);
        assertThatThrownBy(() -> first.shards().delete(shard).get())
                .isInstanceOf(ExecutionException.class);
        failing.set(false);
        nodes.place(shard, "b");
        nodes.open("b").shards().delete(shard).get();
        var journal = "journal/" + first.journalPoint().journalId();
        assertThat(nodes.objects.list(journal + "/seal")).isEmpty();
        assertThat(nodes.objects.list(Manifest.prefix(shard))).isEmpty();
    }

    /** A release of which nobody knows whether it happened, and which did. */
    @Test
    void nothingIsAppendedBehindAReleaseThatHappenedUnheard() throws Exception {
        var deaf = new AtomicBoolean();
        var first = nodes.open("a", deafTo(deaf), 8 * MIB);
        var other = nodes.place(new ShardKey(1, 1), "a");
        append(first, other, "o");
        append(first, shard, "a0");
        var journal = first.journalPoint().journalId();
        deaf.set(true);
        assertThatThrownBy(() -> first.release(shard).get())
                .hasCauseInstanceOf(RefusedException.class);
        deaf.set(false);
        append(first, shard, "a1");
        append(first, shard, "a2");
        assertThat(first.journalPoint().journalId()).as("nobody was fenced").isEqualTo(journal);
        nodes.place(shard, "b");
        assertThat(read(nodes.open("b"), shard)).containsExactly("a0", "a1", "a2");
    }

    /** From the last append that the old owner took to the first that the new one took. */
    @Test
    void aHandOverTakesFewRequestsHoweverMuchWasWritten() throws Exception {
        var puts = new AtomicInteger();
        var counting =
                new WatchedStore(nodes.objects, () -> {}) {
                    @Override
                    public boolean createIfAbsent(String name, ByteBuffer... content)
                            throws IOException {
                        if (name.startsWith("shards/") || name.contains("/entry/")) {
                            puts.incrementAndGet();
                        }
                        return super.createIfAbsent(name, content);
                    }
                };
        var requests = new AtomicInteger();
        var first = nodes.open("a", counting, 8 * MIB);
        nodes.canBeAsked(first);
        var second =
                nodes.open("b", new WatchedStore(counting, requests::incrementAndGet), 8 * MIB);
        var expected = new ArrayList<String>();
        for (int i = 0; i < 500; i++) {
            append(first, shard, "r" + i);
            expected.add("r" + i);
        }
        first.prepareRelease().get();
        nodes.place(shard, "b");
        puts.set(0);
        requests.set(0);
        append(second, shard, "last");
        expected.add("last");
        assertThat(puts).hasValueLessThanOrEqualTo(6);
        assertThat(requests).hasValueLessThan(60);
        assertThat(readAll(second)).isEqualTo(expected);
    }

    /** Whoever has nothing to write must notice all the same that he was taken for dead. */
    @Test
    void anIdleOwnerServesNoStaleReadsForLong() throws Exception {
        var first = nodes.open("a");
        append(first, shard, "a0");
        nodes.place(shard, "b");
        var second = nodes.open("b");
        append(second, shard, "b0");
        nodes.canBeAsked(second);
        nodes.place(shard, "a");
        while (readUnlessMoving(first).size() < 2) {
            Thread.sleep(5);
        }
        assertThat(read(first, shard)).containsExactly("a0", "b0");
    }

    /** Nothing, while the node begins another journal. */
    private List<String> readUnlessMoving(ShardEngine engine) throws Exception {
        try {
            return read(engine, shard);
        } catch (ExecutionException e) {
            assertThat(e.getCause())
                    .isInstanceOfSatisfying(
                            RefusedException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.NOT_OWNER));
            return List.of();
        }
    }

    @Test
    void aShardThatCameBackIsAnotherStretchOfTheSameJournal() throws Exception {
        var first = nodes.open("a");
        var second = nodes.open("b");
        nodes.canBeAsked(first);
        nodes.canBeAsked(second);
        append(first, shard, "a0");
        nodes.place(shard, "b");
        append(second, shard, "b0");
        nodes.place(shard, "a");
        append(first, shard, "a1");
        var journals =
                Manifest.newest(nodes.objects, shard).orElseThrow().ranges().stream()
                        .map(JournalRange::journalId)
                        .toList();
        var mine = first.journalPoint().journalId();
        assertThat(journals).containsExactly(mine, second.journalPoint().journalId(), mine);
        nodes.place(shard, "c");
        assertThat(read(nodes.open("c"), shard)).containsExactly("a0", "b0", "a1");
    }

    /** Its journal goes on, and is given back, around what another owner's manifest still names. */
    @Test
    void noEntryGoesThatAnothersManifestNames() throws Exception {
        var first = nodes.open("a", nodes.objects, 100_000);
        nodes.canBeAsked(first);
        var others = nodes.place(new ShardKey(1, 1), "a");
        appendMuch(first, others);
        long named = first.journalPoint().durableEntries();
        append(first, shard, "a0");
        nodes.place(shard, "b");
        assertThat(read(nodes.open("b"), shard)).containsExactly("a0");
        appendMuch(first, others);
        var entries = "journal/" + first.journalPoint().journalId() + "/entry/";
        var entry = "%s%019d".formatted(entries, named);
        while (nodes.objects.list(entries).size() > 70) {
            assertThat(nodes.objects.get(entry)).isPresent();
            Thread.sleep(5);
        }
        assertThat(nodes.objects.list(entries)).first().isEqualTo(entry);
        nodes.place(shard, "c");
        assertThat(read(nodes.open("c"), shard)).containsExactly("a0");
    }

    private static void appendMuch(ShardEngine engine, ShardKey to) throws Exception {
        for (int i = 0; i < 60; i++) {
            append(engine, to, "x".repeat(2000) + i);
        }
    }

    @Test
    void aSplitAcrossOwners() throws Exception {
        var first = nodes.open("a");
        nodes.canBeAsked(first);
        append(first, shard, "parent");
        nodes.place(shard, "b");
        var second = nodes.open("b");
        // Asked to close what another owns, it takes the shard over first.
        assertThat(second.shards().close(shard).get()).isEqualTo(boundsOfOneClosed());
        var child = nodes.place(new ShardKey(1, 2), "a");
        append(first, child, "child");
        nodes.place(shard, "c");
        nodes.place(child, "c");
        var third = nodes.open("c");
        assertThat(read(third, shard)).containsExactly("parent");
        assertThat(read(third, child)).containsExactly("child");
        assertThat(third.shards().append(shard, batch("no")).get())
                .isInstanceOf(AppendResult.Closed.class);
        third.shards().delete(shard).get();
        assertThat(nodes.objects.list(shard.prefix())).isEmpty();
    }

    @Test
    void aThousandShardsOfOneThatDiedTakeOneWalk() throws Exception {
        int shards = 1000;
        var first = nodes.open("a");
        var appends = new ArrayList<CompletableFuture<AppendResult>>();
        for (int i = 0; i < shards; i++) {
            var key = nodes.place(new ShardKey(2, i), "a");
            appends.add(first.shards().append(key, batch("r" + i)));
        }
        for (var append : appends) {
            assertThat(append.get()).isInstanceOf(AppendResult.Committed.class);
        }
        int entries =
                nodes.objects
                        .list("journal/" + first.journalPoint().journalId() + "/entry/")
                        .size();
        var heads = new AtomicInteger();
        var counted =
                new WatchedStore(nodes.objects, () -> {}) {
                    @Override
                    public Optional<Long> size(String name) throws IOException {
                        if (name.contains("/entry/")) {
                            heads.incrementAndGet();
                        }
                        return super.size(name);
                    }
                };
        var second = nodes.open("b", counted, 8 * MIB);
        var bounds = new ArrayList<CompletableFuture<ShardBounds>>();
        for (int i = 0; i < shards; i++) {
            bounds.add(second.shards().bounds(nodes.place(new ShardKey(2, i), "b")));
        }
        for (var bound : bounds) {
            assertThat(bound.get().nextIndex()).isEqualTo(1);
        }
        assertThat(second.owned()).hasSize(shards);
        // For the seal, which looks ahead, and for the walk.
        assertThat(heads.get()).isLessThanOrEqualTo(2 * entries + 64);
    }

    private static ShardBounds boundsOfOneClosed() {
        return new ShardBounds(0, 1, true, 0);
    }

    private void awaitDropped(ShardEngine engine) throws InterruptedException {
        while (engine.owned().stream().anyMatch(owned -> owned.shard().equals(shard))) {
            Thread.sleep(5);
        }
    }

    private List<String> readAll(ShardEngine engine) throws IOException {
        try {
            return read(engine, shard);
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private static boolean isManifestOf(ShardKey key, String name) {
        return name.startsWith(Manifest.prefix(key));
    }

    private boolean hasSegment(ShardKey key) {
        return !nodes.objects.list(SegmentNames.segments(key)).isEmpty();
    }

    /** Does what it is told of the shard's manifests, and answers nothing, while deaf. */
    private ObjectStore deafTo(AtomicBoolean deaf) {
        return new WatchedStore(nodes.objects, () -> {}) {
            @Override
            public boolean createIfAbsent(String name, ByteBuffer... content) throws IOException {
                boolean created = super.createIfAbsent(name, content);
                hear(name);
                return created;
            }

            @Override
            public Optional<ByteBuffer> get(String name) throws IOException {
                hear(name);
                return super.get(name);
            }

            private void hear(String name) throws IOException {
                if (deaf.get() && isManifestOf(shard, name)) {
                    throw new IOException("no answer about " + name);
                }
            }
        };
    }
}
