package io.headrace.store.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.StoreEvents;
import io.headrace.store.StoreSettings;
import io.headrace.store.journal.FaultyDisk;
import io.headrace.store.journal.FileJournals;
import io.headrace.store.object.MemoryStore;
import io.headrace.store.record.BlockCipher;
import io.headrace.store.record.TestBlocks;
import io.headrace.store.shard.SegmentLists.Folding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A shard of many segments, one for each record, with lists of two: lists of lists of lists. */
@Timeout(60)
class SegmentListsTest {
    private static final int RECORDS = 100;
    private static final int KIB = 1 << 10;
    private static final long START_MS = 1_700_000_000_000L;
    private static final long SECOND_NANOS = 1_000_000_000;

    private final Random random = new Random(1);
    private final FaultyDisk disk = new FaultyDisk(random);
    private final MemoryStore objects = new MemoryStore();
    private final ShardKey shard = new ShardKey(1, 0);
    private final String segments = SegmentNames.segments(shard);
    private final String lists = SegmentNames.lists(shard);
    private long retentionMs = Long.MAX_VALUE;
    private long nowMs = START_MS;
    private long nanos;
    private int expired;
    private final List<String> failures = new ArrayList<>();
    private final List<String> recovered = new ArrayList<>();
    private ShardEngine engine;

    @BeforeEach
    void fill() throws Exception {
        engine = open();
        for (int i = 0; i < RECORDS; i++) {
            var answer = engine.shards().append(shard, TestBlocks.batch(new byte[] {(byte) i}));
            while (!answer.isDone()) {
                engine.writeStep();
                engine.syncStep();
            }
            assertThat(answer.get()).isInstanceOf(AppendResult.Committed.class);
            maintain();
        }
        assertThat(objects.list(segments)).hasSize(RECORDS);
    }

    @AfterEach
    void end() throws IOException {
        engine.close();
    }

    @Test
    void everyRecordIsFoundByIndexAndByArrival() throws Exception {
        assertThat(newest().segments()).hasSizeLessThan(20);
        assertThat(newest().segments().getFirst().level()).isGreaterThan(3);
        for (int turn = 0; turn < 2; turn++) {
            for (int i = 0; i < RECORDS; i++) {
                assertThat(firstRead(i)).isEqualTo(i);
                assertThat(engine.shards().indexAt(shard, START_MS + i * 1000L).get()).isEqualTo(i);
                assertThat(engine.shards().indexAt(shard, START_MS + i * 1000L - 999).get())
                        .isEqualTo(i);
            }
            assertThat(engine.shards().indexAt(shard, nowMs).get()).isEqualTo(RECORDS);
            engine.close();
            assertThat(check()).isEqualTo(new ShardCheck.Report(1, RECORDS, List.of()));
            engine = open();
        }
    }

    @Test
    void retentionTakesSegmentsOutOfListsAndListsWhenAllOfThemHasExpired() throws Exception {
        int listsBefore = objects.list(lists).size();
        for (int kept = RECORDS - 1; kept > 30; kept -= 7) {
            retentionMs = kept * 1000L;
            maintain();
            assertThat(objects.list(segments)).as("kept %d", kept).hasSize(unexpired());
            assertThat(engine.shards().bounds(shard).get().firstIndex())
                    .isEqualTo(newest().firstIndex());
            assertThat(firstRead(0)).isEqualTo(newest().firstIndex());
        }
        assertThat(objects.list(lists)).hasSizeLessThan(listsBefore / 2);
        assertThat(expired).isEqualTo(RECORDS - objects.list(segments).size());
        retentionMs = Long.MAX_VALUE;
        sweep();
        assertThat(objects.list(segments)).hasSize(RECORDS - expired);
        engine.close();
        assertThat(check().findings()).isEmpty();
        engine = open();
        engine.shards().bounds(shard).get();
        retentionMs = 0;
        maintain();
        assertThat(objects.list(segments)).isEmpty();
        assertThat(objects.list(lists)).isEmpty();
        assertThat(expired).isEqualTo(RECORDS);
    }

    /** It is asked of every shard each second, and all their lists don't fit in memory. */
    @Test
    void retentionReadsNoListAgainUntilSomethingCanHaveExpired() throws Exception {
        retentionMs = (RECORDS - 3) * 1000L;
        maintain();
        var path = newest().segments().getFirst();
        assertThat(path.firstIndex()).isLessThan(newest().firstIndex());
        var bytes = objects.get(path.name()).orElseThrow();
        objects.delete(path.name());
        retentionMs += 10_000;
        for (int i = 0; i < 10; i++) {
            maintain();
            assertThat(failures).isEmpty();
        }
        objects.createIfAbsent(path.name(), bytes);
        maintain();
        assertThat(objects.list(segments)).hasSize(unexpired());
        // A longer retention, then a shorter one, are known at once.
        retentionMs = Long.MAX_VALUE;
        maintain();
        retentionMs = 50_000;
        maintain();
        assertThat(objects.list(segments)).hasSize(unexpired()).hasSizeLessThan(60);
    }

    @Test
    void theSweepRemovesWhatNoListNamesAndNothingElse() throws Exception {
        retentionMs = 60_000;
        maintain();
        var before = objects.list(shard.prefix());
        var orphans =
                List.of(
                        SegmentNames.of(lists, 3, 7),
                        SegmentNames.of(segments, 3, 7),
                        SegmentNames.of(lists, newest().version(), 7));
        for (var orphan : orphans) {
            objects.createIfAbsent(orphan, ByteBuffer.allocate(9));
        }
        // Someone may be about to name it, and this nobody ever will.
        var spared = List.of(SegmentNames.of(lists, newest().version() + 1, 7), lists + "alien");
        for (var other : spared) {
            objects.createIfAbsent(other, ByteBuffer.allocate(9));
        }
        retentionMs = Long.MAX_VALUE;
        sweep();
        assertThat(objects.list(shard.prefix()))
                .containsAll(before)
                .containsAll(spared)
                .doesNotContainAnyElementsOf(orphans);
    }

    @Test
    void aDamagedListIsNamedAndHoldsUpNothingElse() throws Exception {
        engine.close();
        var damaged = newest().segments().getFirst();
        var bytes = objects.get(damaged.name()).orElseThrow();
        var other = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
        other.put(50, (byte) (other.get(50) ^ 1));
        objects.delete(damaged.name());
        objects.createIfAbsent(damaged.name(), other);
        engine = open();
        assertThatThrownBy(() -> firstRead(damaged.nextIndex() - 1))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(RefusedException.class)
                .hasMessageContaining(damaged.name() + " is damaged");
        assertThat(firstRead(damaged.nextIndex())).isEqualTo(damaged.nextIndex());
        engine.close();
        assertThat(check().findings())
                .singleElement()
                .extracting(ShardCheck.Finding::where, ShardCheck.Finding::isDamage)
                .containsExactly(damaged.name(), true);
        engine = open();
        // In the midst of it: it waits for the end, which is known.
        engine.shards().bounds(shard).get();
        retentionMs = (RECORDS - 3) * 1000L;
        maintain();
        assertThat(newest().segments().getFirst()).isEqualTo(damaged);
        assertThat(unexpired()).isLessThan(RECORDS);
        assertThat(failures).isNotEmpty();
        assertThat(recovered).isEmpty();
        retentionMs = (RECORDS - damaged.nextIndex()) * 1000L;
        maintain();
        assertThat(newest().firstIndex())
                .isGreaterThanOrEqualTo(damaged.nextIndex())
                .isEqualTo(RECORDS - unexpired());
        // It is gone, so the next look has nothing to fail on.
        retentionMs -= 2000;
        maintain();
        assertThat(recovered).containsExactly(failures.getFirst());
        retentionMs = Long.MAX_VALUE;
        sweep();
        assertThat(objects.list(segments)).hasSize((int) (RECORDS - newest().firstIndex()));
        engine.close();
        assertThat(check().findings()).isEmpty();
        engine = open();
    }

    @Test
    void aMissingListIsNamed() throws Exception {
        engine.close();
        var gone = newest().segments().getFirst();
        objects.delete(gone.name());
        assertThat(check().findings())
                .singleElement()
                .isEqualTo(new ShardCheck.Finding(true, gone.name(), "there is no such list"));
        engine = open();
        assertThatThrownBy(() -> firstRead(0)).hasMessageContaining(gone.name());
        assertThat(firstRead(gone.nextIndex())).isEqualTo(gone.nextIndex());
    }

    @Test
    void aDeletedShardLeavesNoLists() throws Exception {
        engine.shards().delete(shard).get();
        assertThat(objects.list(shard.prefix())).isEmpty();
        // The engine has forgotten it, but not that it was deleted.
        var late = engine.shards().append(shard, TestBlocks.batch(new byte[1]));
        assertThatThrownBy(late::get).hasMessageContaining("was deleted");
        assertThatThrownBy(() -> firstRead(0)).hasMessageContaining("was deleted");
        assertThat(engine.shards().delete(shard)).isCompleted();
        assertThat(objects.list(shard.prefix())).isEmpty();
    }

    /** How many records arrived within the time kept. */
    private int unexpired() {
        long sinceMs = nowMs - retentionMs - START_MS;
        return RECORDS - (int) Math.ceilDiv(sinceMs, 1000L);
    }

    private long firstRead(long index) throws Exception {
        var read = engine.shards().read(shard, index, 1, 1).get();
        var slice = read.slices().getFirst();
        var records = slice.block().records();
        for (long at = slice.block().firstIndex(); at <= slice.fromIndex(); at++) {
            assertThat(records.next()).isTrue();
        }
        return slice.fromIndex();
    }

    /** A second passes, and what is due is done. */
    private void maintain() {
        nowMs += 1000;
        nanos += SECOND_NANOS;
        while (engine.maintenanceStep()) {
            // There is more.
        }
        engine.prepareStep();
    }

    private void sweep() {
        nanos += 3600 * SECOND_NANOS;
        maintain();
    }

    private Manifest newest() throws IOException {
        return Manifest.newest(objects, shard).orElseThrow();
    }

    private ShardCheck.Report check() throws IOException {
        return new ShardCheck(objects, journals()).run();
    }

    private FileJournals journals() {
        return new FileJournals(disk, objects, random, 32 * KIB, 12 * KIB);
    }

    private ShardEngine open() throws IOException {
        var settings =
                new StoreSettings(
                        Path.of("unused"),
                        32 * KIB,
                        128L * KIB,
                        12 * KIB,
                        8 * KIB,
                        24L * KIB,
                        100,
                        // Nothing is read from memory, nothing is merged.
                        1,
                        8L * KIB,
                        2,
                        1,
                        1,
                        30_000,
                        600_000,
                        20);
        return ShardEngine.open(
                new ShardEngine.Seams(
                        objects,
                        journals(),
                        any -> retentionMs,
                        BlockCipher.PLAIN,
                        () -> Instant.ofEpochMilli(nowMs),
                        () -> nanos,
                        random,
                        new StoreEvents() {
                            @Override
                            public void expired(ShardKey of, int count, long storedBytes) {
                                expired += count;
                            }

                            @Override
                            public void backgroundFailing(String what, Exception cause) {
                                failures.add(what);
                            }

                            @Override
                            public void backgroundRecovered(String what) {
                                recovered.add(what);
                            }
                        }),
                settings,
                new EngineThreads(
                        Runnable::run, Runnable::run, Runnable::run, Runnable::run, () -> {}),
                new Folding(2, 2));
    }
}
