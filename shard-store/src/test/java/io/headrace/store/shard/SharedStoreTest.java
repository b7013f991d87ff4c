package io.headrace.store.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.object.WatchedStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several engines with their own threads on one store: who owns a shard, and what it keeps. */
@Timeout(60)
class SharedStoreTest {
    private final StoreNodes nodes = new StoreNodes();
    private final ShardKey shard = nodes.place(new ShardKey(1, 0), "a");

    @AfterEach
    void close() throws IOException {
        nodes.close();
    }

    @Test
    void aNodeThatDiedIsSucceededByAnother() throws Exception {
        var first = nodes.open("a");
        for (int i = 0; i < 50; i++) {
            append(first, "a" + i);
        }
        nodes.place(shard, "b");
        var second = nodes.open("b");
        assertThat(read(second)).hasSize(50).startsWith("a0").endsWith("a49");
        append(second, "b0");
        // Whoever it was is fenced, as a whole, and serves nothing of it any more.
        assertThatThrownBy(() -> append(first, "late")).hasCauseInstanceOf(RefusedException.class);
        assertThat(read(second)).hasSize(51).endsWith("a49", "b0");
    }

    @Test
    void whoWasFencedGoesOnInAnotherJournal() throws Exception {
        var first = nodes.open("a");
        append(first, "a0");
        var other = new ShardKey(1, 1);
        nodes.place(other, "b");
        nodes.place(shard, "b");
        var second = nodes.open("b");
        assertThat(read(second)).containsExactly("a0");
        nodes.place(shard, "a");
        nodes.place(other, "a");
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
            nodes.place(shard, "n" + n);
            var node = nodes.open("n" + n);
            for (int i = 0; i < 7; i++) {
                appendOnceItWorks(node, n + "." + i);
                expected.add(n + "." + i);
            }
            assertThat(read(node)).isEqualTo(expected);
        }
        assertThat(Manifest.newest(nodes.objects, shard).orElseThrow().ranges()).hasSize(6);
    }

    @Test
    void aReleaseEndsNoJournalAndTakesFewWrites() throws Exception {
        var creates = new AtomicInteger();
        var counted =
                new WatchedStore(nodes.objects, () -> {}) {
                    @Override
                    public boolean createIfAbsent(String name, ByteBuffer... content)
                            throws IOException {
                        creates.incrementAndGet();
                        return super.createIfAbsent(name, content);
                    }
                };
        var first = nodes.open("a", counted, 8L << 20);
        var second = nodes.open("b", counted, 8L << 20);
        var other = new ShardKey(1, 1);
        nodes.place(other, "a");
        first.shards().append(other, StoreNodes.batch("kept")).get();
        append(first, "a0");
        second.shards().append(nodes.place(new ShardKey(1, 2), "b"), StoreNodes.batch("b")).get();
        int before = creates.get();
        nodes.place(shard, "b");
        nodes.canBeAsked(first);
        append(second, "b0");
        // The release, the claim, and the entry itself.
        assertThat(creates.get() - before).isLessThanOrEqualTo(3);
        assertThat(read(second)).containsExactly("a0", "b0");
        var journal = first.journalPoint().journalId();
        first.shards().append(other, StoreNodes.batch("goes on")).get();
        assertThat(first.journalPoint().journalId()).isEqualTo(journal);
        assertThatThrownBy(() -> append(first, "no"))
                .cause()
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_OWNER));
    }

    @Test
    void aShardGoesToAndFroUnderLoad() throws Exception {
        var both = List.of(nodes.open("a"), nodes.open("b"));
        both.forEach(nodes::canBeAsked);
        var expected = new ArrayList<String>();
        for (int round = 0; round < 30; round++) {
            int at = round % 2;
            nodes.place(shard, at == 0 ? "a" : "b");
            for (int i = 0; i < 5; i++) {
                append(both.get(at), round + "." + i);
                expected.add(round + "." + i);
            }
        }
        assertThat(read(both.get(1))).isEqualTo(expected);
    }

    @Test
    void whatEndedIsReadByAnybody() throws Exception {
        var first = nodes.open("a");
        append(first, "a0");
        assertThat(first.shards().close(shard).get().closed()).isTrue();
        nodes.place(shard, "b");
        var second = nodes.open("b");
        assertThat(read(second)).containsExactly("a0");
        assertThat(second.shards().append(shard, StoreNodes.batch("no")).get())
                .isInstanceOf(AppendResult.Closed.class);
        // Nobody was fenced for it.
        first.shards().append(nodes.place(new ShardKey(1, 1), "a"), StoreNodes.batch("on")).get();
    }

    @Test
    void manyShardsOfOneThatDiedAreTakenOverAtOnce() throws Exception {
        int shards = 200;
        var first = nodes.open("a");
        for (int i = 0; i < shards; i++) {
            first.shards()
                    .append(nodes.place(new ShardKey(2, i), "a"), StoreNodes.batch("r" + i))
                    .get();
        }
        var reads = new AtomicInteger();
        var counted =
                new WatchedStore(nodes.objects, () -> {}) {
                    @Override
                    public ByteBuffer read(String name, long offset, int length)
                            throws IOException {
                        if (name.contains("/entry/")) {
                            reads.incrementAndGet();
                        }
                        return super.read(name, offset, length);
                    }

                    @Override
                    public ByteBuffer readUpTo(String name, long offset, int lengthMax)
                            throws IOException {
                        if (name.contains("/entry/")) {
                            reads.incrementAndGet();
                        }
                        return super.readUpTo(name, offset, lengthMax);
                    }
                };
        var second = nodes.open("b", counted, 8L << 20);
        var bounds = new ArrayList<java.util.concurrent.CompletableFuture<ShardBounds>>();
        for (int i = 0; i < shards; i++) {
            bounds.add(second.shards().bounds(nodes.place(new ShardKey(2, i), "b")));
        }
        for (var bound : bounds) {
            assertThat(bound.get().nextIndex()).isEqualTo(1);
        }
        // The tables of at most that many entries, for the seal and for the walk.
        assertThat(reads.get()).isLessThanOrEqualTo(2 * shards + 64);
    }

    @Test
    void whatNoManifestNamesGoesAndNothingElse() throws Exception {
        var first = nodes.open("a", nodes.objects, 1);
        var big = "x".repeat(1000);
        for (int i = 0; i < 400; i++) {
            append(first, big + i);
        }
        awaitTrimmed(first.journalPoint().journalId());
        assertThat(read(first)).hasSize(400);
        nodes.place(shard, "b");
        var second = nodes.open("b");
        assertThat(read(second)).hasSize(400).endsWith(big + 399);
    }

    private void awaitTrimmed(String journalId) throws Exception {
        var prefix = "journal/" + journalId + "/entry/";
        // The maintenance thread has no event that says so.
        while (nodes.objects.list(prefix).size() > 300) {
            Thread.sleep(20);
        }
    }

    private List<String> read(ShardEngine engine) throws Exception {
        return StoreNodes.read(engine, shard);
    }

    private void append(ShardEngine engine, String text) throws Exception {
        StoreNodes.append(engine, shard, text);
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
}
