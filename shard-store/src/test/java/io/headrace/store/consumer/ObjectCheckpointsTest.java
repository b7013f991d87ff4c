package io.headrace.store.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.object.MemoryStore;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.shard.Checkpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ObjectCheckpointsTest {
    private static final ShardKey SHARD = new ShardKey(-1, 12);
    private static final Checkpoint GOLDEN = new Checkpoint(950, 3, "worker-ü", 1_700_000_060_000L);

    private final ObjectCheckpoints checkpoints = new ObjectCheckpoints(new MemoryStore());

    @Test
    void onlyWhoKnowsTheCheckpointReplacesIt() throws IOException {
        var first = new Checkpoint(0, 1, "a", 5);
        var second = new Checkpoint(7, 2, "b", 9);
        assertThat(checkpoints.load("app ü/1", SHARD)).isEmpty();
        assertThat(checkpoints.replace("app ü/1", SHARD, Optional.of(first), second)).isFalse();
        assertThat(checkpoints.replace("app ü/1", SHARD, Optional.empty(), first)).isTrue();
        assertThat(checkpoints.replace("app ü/1", SHARD, Optional.empty(), second)).isFalse();
        assertThat(checkpoints.replace("app ü/1", SHARD, Optional.of(first), second)).isTrue();
        assertThat(checkpoints.replace("app ü/1", SHARD, Optional.of(first), second)).isFalse();
        assertThat(checkpoints.load("app ü/1", SHARD)).contains(second);
        assertThat(checkpoints.consumers()).containsExactly("app ü/1");
        assertThat(checkpoints.all("app ü/1")).containsOnlyKeys(SHARD);
        checkpoints.delete("app ü/1", SHARD);
        assertThat(checkpoints.consumers()).isEmpty();
    }

    @Test
    void namesThatNoObjectCanHaveAreRefused() {
        for (var name : new String[] {"", "x".repeat(128)}) {
            assertThatThrownBy(() -> checkpoints.load(name, SHARD))
                    .isInstanceOf(RefusedException.class);
        }
    }

    @Test
    void theFormatStays() throws IOException {
        var golden = golden();
        assertThat(ObjectCheckpoints.encode(GOLDEN)).isEqualTo(golden);
        assertThat(ObjectCheckpoints.decode("here", golden)).isEqualTo(GOLDEN);
        golden.put(0, (byte) 2);
        assertThatThrownBy(() -> ObjectCheckpoints.decode("here", golden))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("here has checkpoint format 2")
                .hasMessageContaining("newer Headrace");
    }

    @Test
    void damagedBytesAreRefusedOrRead() throws IOException {
        var random = new Random(1);
        for (int i = 0; i < 5_000; i++) {
            var bytes = golden();
            bytes.put(random.nextInt(bytes.limit()), (byte) random.nextInt());
            bytes.limit(random.nextInt(bytes.limit() + 1));
            try {
                var read = ObjectCheckpoints.decode("here", bytes);
                assertThat(read.index()).isNotNegative();
            } catch (DamagedBlockException | RefusedException e) {
                assertThat(e).hasMessageContaining("here");
            }
        }
    }

    private static ByteBuffer golden() throws IOException {
        try (var file =
                ObjectCheckpointsTest.class.getResourceAsStream("/golden/v1/checkpoint.bin")) {
            return ByteBuffer.wrap(Optional.ofNullable(file).orElseThrow().readAllBytes());
        }
    }
}
