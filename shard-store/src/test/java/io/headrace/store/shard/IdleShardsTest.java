package io.headrace.store.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.ShardKey;
import io.headrace.store.StoreEvents;
import io.headrace.store.StoreSettings;
import io.headrace.store.journal.FaultyDisk;
import io.headrace.store.journal.FileJournals;
import io.headrace.store.object.MemoryStore;
import io.headrace.store.record.BlockCipher;
import io.headrace.store.record.TestBlocks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ten thousand shards that nobody uses cost little memory and are there at once. */
@Timeout(60)
class IdleShardsTest {
    private static final int SHARDS = 10_000;
    private static final int MIB = 1 << 20;

    private final Random random = new Random(1);
    private final FaultyDisk disk = new FaultyDisk(random);
    private final MemoryStore objects = new MemoryStore();

    @Test
    void tenThousandShardsCostLessThanTenKilobytesEach() throws Exception {
        try (var engine = open()) {
            engine.start();
            var appends = new ArrayList<CompletableFuture<AppendResult>>();
            for (int i = 0; i < SHARDS; i++) {
                appends.add(
                        engine.shards().append(new ShardKey(1, i), TestBlocks.batch(new byte[9])));
            }
            for (var append : appends) {
                assertThat(append.get()).isInstanceOf(AppendResult.Committed.class);
            }
        }
        disk.kill();
        long before = usedBytes();
        try (var engine = open()) {
            engine.start();
            for (int i = 0; i < SHARDS; i++) {
                var bounds = engine.shards().bounds(new ShardKey(1, i)).get();
                assertThat(bounds.nextIndex()).isEqualTo(1);
            }
            long perShard = (usedBytes() - before) / SHARDS;
            assertThat(perShard).isLessThan(10_000);
        }
    }

    private ShardEngine open() throws IOException {
        var settings =
                new StoreSettings(
                        Path.of("unused"),
                        8 * MIB,
                        64L * MIB,
                        2 * MIB,
                        MIB,
                        64L * MIB,
                        100_000,
                        16L * MIB,
                        8L * MIB,
                        8,
                        MIB,
                        4L * MIB,
                        3_600_000,
                        600_000,
                        20);
        return ShardEngine.open(
                new ShardEngine.Seams(
                        objects,
                        new FileJournals(disk, objects, random, 8 * MIB, 2 * MIB),
                        Retention.FOREVER,
                        BlockCipher.PLAIN,
                        () -> Instant.EPOCH,
                        System::nanoTime,
                        random,
                        StoreEvents.NONE),
                settings);
    }

    private static long usedBytes() {
        System.gc();
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
