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
import io.headrace.store.record.Block;
import io.headrace.store.record.BlockCipher;
import io.headrace.store.record.TestBlocks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The engine with its own threads, at the bounds of what it does. */
@Timeout(60)
class EngineLimitsTest {
    private static final int MIB = 1 << 20;

    private final Random random = new Random(1);
    private final FaultyDisk disk = new FaultyDisk(random);
    private final MemoryStore objects = new MemoryStore();
    private final ShardKey shard = new ShardKey(1, 0);

    /** Far below the bytes and the age at which a shard is compacted: only their number is. */
    @Test
    void tooManyTinyBlocksAreCompacted() throws Exception {
        var compacted = new CountDownLatch(1);
        var events =
                new StoreEvents() {
                    @Override
                    public void compacted(ShardKey of, long raw, long stored, long nanos) {
                        compacted.countDown();
                    }
                };
        try (var engine = open(BlockCipher.PLAIN, 96 * 100, events)) {
            engine.start();
            for (int i = 0; i < 200; i++) {
                engine.shards().append(shard, TestBlocks.batch(new byte[9])).get();
            }
            compacted.await();
            assertThat(engine.shards().read(shard, 0, 1000, MIB).get().nextIndex()).isEqualTo(200);
        }
    }

    @Test
    void afterABugEverybodyIsAnswered() throws Exception {
        var cipher =
                new BlockCipher() {
                    @Override
                    public Block encrypt(Block plain) {
                        throw new IllegalStateException("a bug");
                    }

                    @Override
                    public Readiness readiness(ShardKey shard) {
                        return Readiness.READY;
                    }

                    @Override
                    public void prepare(ShardKey shard) {}

                    @Override
                    public Block decrypt(Block stored) {
                        return stored;
                    }

                    @Override
                    public void requireReadable(Block plain) {}
                };
        try (var engine = open(cipher, MIB, StoreEvents.NONE)) {
            engine.start();
            var first = engine.shards().append(shard, TestBlocks.batch(new byte[9]));
            assertThatThrownBy(first::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(RefusedException.class);
            assertThat(engine.health()).isInstanceOf(ShardEngine.Health.Broken.class);
            var later = engine.shards().append(shard, TestBlocks.batch(new byte[9]));
            assertThatThrownBy(later::get).hasCauseInstanceOf(RefusedException.class);
            assertThat(engine.shards().close(shard).get().nextIndex()).isZero();
        }
    }

    private ShardEngine open(BlockCipher cipher, long tailCacheBytes, StoreEvents events)
            throws IOException {
        var settings =
                new StoreSettings(
                        Path.of("unused"),
                        8 * MIB,
                        64L * MIB,
                        2 * MIB,
                        MIB,
                        64L * MIB,
                        100_000,
                        tailCacheBytes,
                        8L * MIB,
                        8,
                        8L * MIB,
                        16L * MIB,
                        3_600_000,
                        600_000,
                        20);
        return ShardEngine.open(
                new ShardEngine.Seams(
                        objects,
                        new FileJournals(disk, objects, random, 8 * MIB, 2 * MIB),
                        Retention.FOREVER,
                        cipher,
                        () -> Instant.EPOCH,
                        System::nanoTime,
                        random,
                        events),
                settings);
    }
}
