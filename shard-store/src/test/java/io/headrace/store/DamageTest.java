package io.headrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.record.BlockCipher;
import io.headrace.store.record.TestBlocks;
import io.headrace.store.shard.Retention;
import io.headrace.store.shard.ShardCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A flipped bit on the disk is found, named, and never served; what is whole stays readable. */
@Timeout(60)
class DamageTest {
    private static final int MIB = 1 << 20;
    private static final ShardKey DAMAGED = new ShardKey(1, 0);
    private static final ShardKey WHOLE = new ShardKey(1, 1);

    @TempDir Path directory;

    @Test
    void aDamagedSegmentIsRefusedByName() throws Exception {
        fill();
        assertThat(check().findings()).isEmpty();
        String name;
        try (var store = open()) {
            name = store.objects().list(DAMAGED.prefix() + "segments/").getFirst();
        }
        flip(directory.resolve("objects").resolve(name), 1000);
        assertThat(check().findings())
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.isDamage()).isTrue();
                    assertThat(finding.where()).isEqualTo(name);
                });
        try (var store = open()) {
            assertThatThrownBy(() -> store.shards().read(DAMAGED, 0, 10, MIB).get())
                    .cause()
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining(name)
                    .extracting("code")
                    .isEqualTo(ErrorCode.INTERNAL_FAILURE);
            assertThat(store.shards().read(WHOLE, 0, 10, MIB).get().slices()).isNotEmpty();
        }
    }

    @Test
    void aDamagedBlockInTheJournalIsRefusedWhenRead() throws Exception {
        try (var store = open()) {
            store.shards().append(DAMAGED, TestBlocks.batch(new byte[2000])).get();
            store.shards().append(WHOLE, TestBlocks.batch(new byte[2000])).get();
        }
        // Opened as a whole, damaged after: the disk loses bits while the node runs.
        try (var store = open()) {
            Path file;
            try (var files = Files.list(directory.resolve("journal"))) {
                file = files.filter(DamageTest::holdsEntries).findFirst().orElseThrow();
            }
            flip(file, 500);
            assertThatThrownBy(() -> store.shards().read(DAMAGED, 0, 10, MIB).get())
                    .cause()
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining(file.getFileName() + " offset 64")
                    .extracting("code")
                    .isEqualTo(ErrorCode.INTERNAL_FAILURE);
            assertThat(store.shards().read(WHOLE, 0, 10, MIB).get().slices()).isNotEmpty();
        }
        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("damaged");
        assertThat(check().findings()).anyMatch(ShardCheck.Finding::isDamage);
    }

    private static boolean holdsEntries(Path file) {
        try {
            // The next file is made ready meanwhile: empty at first, renamed at last.
            var bytes = Files.readAllBytes(file);
            return bytes.length > 0 && bytes[0] == 'H';
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void fill() throws Exception {
        var random = new Random(3);
        try (var store = open()) {
            for (int i = 0; i < 8; i++) {
                for (var shard : new ShardKey[] {DAMAGED, WHOLE}) {
                    store.shards()
                            .append(shard, TestBlocks.batch(TestBlocks.clicks(random, 400_000)))
                            .get();
                }
            }
            // The maintenance thread compacts within moments of being woken.
            while (store.objects().list(DAMAGED.prefix() + "segments/").isEmpty()
                    || store.objects().list(WHOLE.prefix() + "segments/").isEmpty()) {
                Thread.onSpinWait();
            }
        }
    }

    private static void flip(Path file, long offset) throws IOException {
        try (var channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var one = ByteBuffer.allocate(1);
            channel.read(one, offset);
            one.put(0, (byte) (one.get(0) ^ 4));
            channel.write(one.flip(), offset);
        }
    }

    private ShardCheck.Report check() throws IOException {
        return StoreCheck.run(settings());
    }

    private ShardStore open() throws IOException {
        return ShardStore.open(
                settings(),
                new ShardStore.Seams(
                        Retention.FOREVER,
                        _ -> BlockCipher.PLAIN,
                        InstantSource.system(),
                        System::nanoTime,
                        new Random(),
                        StoreEvents.NONE));
    }

    private StoreSettings settings() {
        return new StoreSettings(
                directory, 4 * MIB, 16L * MIB, 2 * MIB, MIB, 64L * MIB, 1000, MIB, 8L * MIB, 4, MIB,
                4L * MIB, 3_600_000, 600_000, 20);
    }
}
