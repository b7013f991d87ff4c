package io.headrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.record.BlockCipher;
import io.headrace.store.record.RecordBatch;
import io.headrace.store.record.TestBlocks;
import io.headrace.store.shard.AppendResult;
import io.headrace.store.shard.AppendResult.Committed;
import io.headrace.store.shard.ReadResult;
import io.headrace.store.shard.Retention;
import io.headrace.store.shard.ShardEngine.Health;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The store on a real directory, with its threads. */
@Timeout(60)
class ShardStoreTest {
    private static final int MIB = 1 << 20;
    private static final ShardKey SHARD = new ShardKey(42, 0);

    @TempDir Path directory;

    @Test
    void aReaderSeesWhatWasAppendedAlsoAfterARestart() throws Exception {
        try (var store = open()) {
            assertThat(append(store, "a", "b").get()).isInstanceOf(Committed.class);
            assertThat(append(store, "c").get())
                    .extracting(result -> ((Committed) result).firstIndex())
                    .isEqualTo(2L);
            assertThat(dataFrom(store, 0)).containsExactly("a", "b", "c");
        }
        try (var store = open()) {
            assertThat(dataFrom(store, 1)).containsExactly("b", "c");
            assertThat(append(store, "d").get())
                    .extracting(result -> ((Committed) result).firstIndex())
                    .isEqualTo(3L);
            assertThat(dataFrom(store, 0)).containsExactly("a", "b", "c", "d");
        }
    }

    @Test
    void aClosedShardTakesNothingMore() throws Exception {
        try (var store = open()) {
            append(store, "a").get();
            var bounds = store.shards().close(SHARD).get();
            assertThat(bounds.closed()).isTrue();
            assertThat(bounds.nextIndex()).isEqualTo(1);
            assertThat(append(store, "b").get()).isEqualTo(new AppendResult.Closed());
            assertThat(store.shards().close(SHARD).get()).isEqualTo(bounds);
        }
        try (var store = open()) {
            assertThat(append(store, "b").get()).isEqualTo(new AppendResult.Closed());
            assertThat(dataFrom(store, 0)).containsExactly("a");
        }
    }

    @Test
    void aDeletedShardIsGone() throws Exception {
        try (var store = open()) {
            append(store, "a").get();
            store.shards().delete(SHARD).get();
            assertThatThrownBy(() -> append(store, "b").get())
                    .cause()
                    .isInstanceOf(RefusedException.class)
                    .extracting("code")
                    .isEqualTo(ErrorCode.RESOURCE_NOT_FOUND);
            assertThat(store.objects().list(SHARD.prefix())).isEmpty();
        }
    }

    @Test
    void aListenerHearsOfEveryCommitUntilItLeaves() throws Exception {
        try (var store = open()) {
            var heard = new CountDownLatch(1);
            var registration = store.shards().onCommit(SHARD, heard::countDown);
            append(store, "a").get();
            assertThat(heard.await(30, TimeUnit.SECONDS)).isTrue();
            registration.close();
        }
    }

    @Test
    void anEmptyShardCanBeRead() throws Exception {
        try (var store = open()) {
            var result = store.shards().read(SHARD, 0, 10, 1000).get();
            assertThat(result.slices()).isEmpty();
            assertThat(result.nextIndex()).isZero();
            assertThat(store.shards().indexAt(SHARD, 5).get()).isZero();
            assertThat(store.shards().bounds(SHARD).get().nextIndex()).isZero();
        }
    }

    @Test
    void aSecondStoreOnTheDirectoryIsRefused() throws Exception {
        try (var store = open()) {
            assertThat(store.health()).isEqualTo(new Health.Running());
            assertThatThrownBy(this::open)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use by another process")
                    .hasMessageContaining(Long.toString(ProcessHandle.current().pid()));
        }
        open().close();
    }

    @Test
    void whatLeftMemoryIsReadFromJournalAndSegments() throws Exception {
        var random = new Random(1);
        var expected = new ArrayList<String>();
        // A tail of 16 MiB, segments from 1 MiB on, journal files of 4 MiB.
        try (var store = open()) {
            var pending = new ArrayList<CompletableFuture<AppendResult>>();
            for (int i = 0; i < 120; i++) {
                var data = new String(TestBlocks.clicks(random, 300_000), StandardCharsets.UTF_8);
                expected.add(data);
                pending.add(append(store, data));
                if (pending.size() == 8) {
                    for (var append : pending) {
                        assertThat(append.get()).isInstanceOf(Committed.class);
                    }
                    pending.clear();
                }
            }
            assertSame(dataFrom(store, 0), expected);
            assertThat(store.tailBytes()).isLessThan(17L * MIB);
        }
        try (var store = open()) {
            assertThat(store.objects().list(SHARD.prefix() + "segments/")).isNotEmpty();
            assertSame(dataFrom(store, 0), expected);
            assertSame(dataFrom(store, 77), expected.subList(77, 120));
        }
    }

    private ShardStore open() throws IOException {
        var settings =
                new StoreSettings(
                        directory, 4 * MIB, 16L * MIB, 2 * MIB, MIB, 64L * MIB, 1000, 16L * MIB,
                        8L * MIB, 4, MIB, 4L * MIB, 3_600_000, 600_000, 20);
        return ShardStore.open(
                settings,
                new ShardStore.Seams(
                        Retention.FOREVER,
                        _ -> BlockCipher.PLAIN,
                        InstantSource.system(),
                        System::nanoTime,
                        new Random(),
                        StoreEvents.NONE));
    }

    /** As equality, with a message that fits a screen. */
    private static void assertSame(List<String> actual, List<String> expected) {
        assertThat(actual.stream().map(String::hashCode).toList())
                .isEqualTo(expected.stream().map(String::hashCode).toList());
    }

    private static CompletableFuture<AppendResult> append(ShardStore store, String... data) {
        return store.shards().append(SHARD, batch(data));
    }

    private static RecordBatch batch(String... data) {
        var bytes = new byte[data.length][];
        for (int i = 0; i < data.length; i++) {
            bytes[i] = data[i].getBytes(StandardCharsets.UTF_8);
        }
        return TestBlocks.batch(bytes);
    }

    private static List<String> dataFrom(ShardStore store, long fromIndex) throws Exception {
        var data = new ArrayList<String>();
        for (long index = fromIndex; ; ) {
            var result = store.shards().read(SHARD, index, 1000, MIB).get();
            for (var slice : result.slices()) {
                data.addAll(dataOf(slice));
            }
            index = result.nextIndex();
            if (index >= result.bounds().nextIndex()) {
                return data;
            }
        }
    }

    private static List<String> dataOf(ReadResult.Slice slice) {
        var data = new ArrayList<String>();
        var records = slice.block().records();
        for (long index = slice.block().firstIndex(); records.next(); index++) {
            if (index >= slice.fromIndex() && index < slice.toIndex()) {
                var bytes = new byte[records.dataLength()];
                records.bytes().get(records.dataOffset(), bytes);
                data.add(new String(bytes, StandardCharsets.UTF_8));
            }
        }
        return data;
    }
}
