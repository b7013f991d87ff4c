package io.headrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.record.BlockCipher;
import io.headrace.store.record.TestBlocks;
import io.headrace.store.shard.AppendResult.Committed;
import io.headrace.store.shard.Retention;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Copies of a store that is written, compacted and trimmed while they are made. */
@Timeout(120)
class StoreSnapshotTest {
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;
    private static final int SHARDS = 4;
    private static final int ROUNDS = 4;

    @TempDir Path directory;

    /** Number of the next record of each shard that was not acknowledged. */
    private final AtomicIntegerArray acknowledged = new AtomicIntegerArray(SHARDS);

    private final AtomicBoolean stop = new AtomicBoolean();

    @Test
    void aCopyHoldsWhatWasAcknowledgedBeforeItBeganAndNoGap() throws Exception {
        var writers = new ArrayList<Thread>();
        try (var store = open(directory.resolve("live"))) {
            for (int shard = 0; shard < SHARDS; shard++) {
                int number = shard;
                writers.add(Thread.ofPlatform().start(() -> write(store, number)));
            }
            try {
                for (int round = 0; round < ROUNDS; round++) {
                    awaitMore(100);
                    var before = values();
                    var target = directory.resolve("copy" + round);
                    try (var snapshot = store.snapshot()) {
                        // Meanwhile the journal's files go round.
                        awaitMore(150);
                        copy(snapshot, target);
                    }
                    check(target, before);
                }
                assertThat(directory.resolve("live/snapshots")).isEmptyDirectory();
            } finally {
                stop.set(true);
                for (var writer : writers) {
                    writer.join();
                }
            }
        }
    }

    @Test
    void aStoppedStoreIsCopiedAsItIs() throws Exception {
        var live = directory.resolve("live");
        try (var store = open(live)) {
            append(store, 0, 0);
            assertThatThrownBy(() -> StoreSnapshot.ofStopped(live))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use by another process");
        }
        try (var snapshot = StoreSnapshot.ofStopped(live)) {
            assertThatThrownBy(() -> open(live)).hasMessageContaining("in use by another process");
            copy(snapshot, directory.resolve("copy"));
        }
        check(directory.resolve("copy"), List.of(1, 0, 0, 0));
        assertThatThrownBy(() -> StoreSnapshot.ofStopped(directory.resolve("none")))
                .hasMessageContaining("holds no data");
    }

    @Test
    void aRestoreIsRefusedWhereThereIsAnythingAndUnlessItFinished() throws Exception {
        var live = directory.resolve("live");
        open(live).close();
        assertThatThrownBy(() -> StoreRestore.into(live)).hasMessageContaining("is not empty");

        var target = directory.resolve("target");
        try (var restore = StoreRestore.into(target)) {
            for (var name :
                    List.of("../x", "objects/../../x", "/x", "lock", "objects/.tmp/x", "objects")) {
                assertThatThrownBy(() -> restore.file(name, new ByteArrayInputStream(new byte[0])))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("no file of the name");
            }
        }
        assertThatThrownBy(() -> open(target)).hasMessageContaining("did not finish");
        assertThatThrownBy(() -> StoreRestore.into(target)).hasMessageContaining("is not empty");
    }

    @Test
    void leftoversOfAnEndedProcessGo() throws Exception {
        var live = directory.resolve("live");
        Files.createDirectories(live.resolve("snapshots/x/journal"));
        Files.writeString(live.resolve("snapshots/x/journal/y"), "z");
        open(live).close();
        assertThat(live.resolve("snapshots")).doesNotExist();
    }

    private void write(ShardStore store, int shard) {
        try {
            for (int i = 0; !stop.get(); i++) {
                append(store, shard, i);
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void append(ShardStore store, int shard, int number) throws Exception {
        // Half a kilobyte to 40 KiB, the number first.
        var bytes = TestBlocks.clicks(new Random(number), 500 + number * 7919 % (40 * KIB));
        ByteBuffer.wrap(bytes).putInt(0, number);
        var result =
                store.shards()
                        .append(new ShardKey(42, shard), TestBlocks.batch(new byte[][] {bytes}))
                        .get();
        assertThat(result).isInstanceOf(Committed.class);
        acknowledged.set(shard, number + 1);
    }

    private void awaitMore(int records) {
        var from = values();
        for (int shard = 0; shard < SHARDS; shard++) {
            while (acknowledged.get(shard) < from.get(shard) + records) {
                Thread.onSpinWait();
            }
        }
    }

    private List<Integer> values() {
        var values = new ArrayList<Integer>();
        for (int i = 0; i < SHARDS; i++) {
            values.add(acknowledged.get(i));
        }
        return values;
    }

    private static void copy(StoreSnapshot snapshot, Path target) throws IOException {
        try (var restore = StoreRestore.into(target)) {
            for (var file : snapshot.files()) {
                var content = ByteBuffer.allocate((int) file.bytes());
                snapshot.read(file.name(), 0, content);
                restore.file(file.name(), new ByteArrayInputStream(content.array()));
            }
            restore.finish();
        }
    }

    private static void check(Path copy, List<Integer> atLeast) throws Exception {
        try (var store = open(copy)) {
            for (int shard = 0; shard < SHARDS; shard++) {
                var numbers = numbers(store, new ShardKey(42, shard));
                assertThat(numbers).hasSizeGreaterThanOrEqualTo(atLeast.get(shard));
                for (int i = 0; i < numbers.size(); i++) {
                    assertThat(numbers.get(i)).isEqualTo(i);
                }
            }
        }
    }

    private static List<Integer> numbers(ShardStore store, ShardKey shard) throws Exception {
        var numbers = new ArrayList<Integer>();
        for (long index = 0; ; ) {
            var result = store.shards().read(shard, index, 1000, MIB).get();
            for (var slice : result.slices()) {
                var records = slice.block().records();
                for (long at = slice.block().firstIndex(); records.next(); at++) {
                    if (at >= slice.fromIndex() && at < slice.toIndex()) {
                        numbers.add(records.bytes().getInt(records.dataOffset()));
                    }
                }
            }
            index = result.nextIndex();
            if (index >= result.bounds().nextIndex()) {
                return numbers;
            }
        }
    }

    private static ShardStore open(Path data) throws IOException {
        // Small journal files and segments, so that a test goes through many.
        var settings =
                new StoreSettings(
                        data, MIB, 2L * MIB, 256 * KIB, 128 * KIB, 64L * MIB, 1000, 4L * MIB,
                        4L * MIB, 4, 512 * KIB, 2L * MIB, 3_600_000, 600_000, 20);
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
}
