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
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ObjectCheckpointsTest {
    private static final ShardKey SHARD = new ShardKey(-1, 12);
    private static final Checkpoint GOLDEN = new Checkpoint(950, 3, "worker-ü", 1_700_000_060_000L);

    private final MemoryStore store = new MemoryStore();
    private final ObjectCheckpoints checkpoints = new ObjectCheckpoints(store);

    @Test
    void onlyWhoKnowsTheCheckpointReplacesIt() throws IOException {
        var first = new Checkpoint(0, 0, "", 0);
        var second = new Checkpoint(7, 2, "b", 9);
        assertThat(checkpoints.load("app ü/1", SHARD)).isEmpty();
        assertThat(checkpoints.replace("app ü/1", SHARD, first, second)).isFalse();
        assertThat(checkpoints.create("app ü/1", SHARD, 0)).isEqualTo(first);
        assertThat(checkpoints.create("app ü/1", SHARD, 5)).isEqualTo(first);
        assertThat(checkpoints.replace("app ü/1", SHARD, first, second)).isTrue();
        assertThat(checkpoints.replace("app ü/1", SHARD, first, second)).isFalse();
        assertThat(checkpoints.load("app ü/1", SHARD)).contains(second);
        assertThat(checkpoints.consumers()).containsExactly("app ü/1");
        assertThat(checkpoints.shards("app ü/1")).containsOnly(SHARD);
        checkpoints.remove("app ü/1", SHARD);
        assertThat(checkpoints.stored()).isEmpty();
    }

    @Test
    void aForgottenCheckpointLeavesItsEpoch() throws IOException {
        var first = checkpoints.create("app", SHARD, 0);
        assertThat(checkpoints.replace("app", SHARD, first, new Checkpoint(7, 5, "b", 9))).isTrue();
        checkpoints.forget("app", SHARD);
        assertThat(checkpoints.load("app", SHARD)).isEmpty();
        assertThat(checkpoints.consumers()).isEmpty();
        assertThat(checkpoints.stored()).containsExactly("app");
        var forgotten = new Checkpoint(0, 5, "", 0);
        assertThat(checkpoints.replace("app", SHARD, forgotten, GOLDEN)).isFalse();
        assertThat(checkpoints.create("app", SHARD, 3)).isEqualTo(new Checkpoint(3, 5, "", 0));
        assertThat(checkpoints.consumers()).containsExactly("app");
    }

    /** Whatever epoch the damaged one had, what begins after it is above. */
    @Test
    void aDamagedCheckpointCanBeForgotten() throws IOException {
        var last = checkpoints.create("app", SHARD, 0);
        for (int epoch = 1; epoch <= 9; epoch++) {
            var next = new Checkpoint(epoch, epoch, "a", 5);
            assertThat(checkpoints.replace("app", SHARD, last, next)).isTrue();
            last = next;
        }
        store.flipBit(store.list("").getFirst(), 200);
        assertThatThrownBy(() -> checkpoints.load("app", SHARD))
                .isInstanceOf(DamagedBlockException.class);
        assertThat(checkpoints.consumers()).containsExactly("app");
        checkpoints.forget("app", SHARD);
        assertThat(checkpoints.load("app", SHARD)).isEmpty();
        assertThat(checkpoints.create("app", SHARD, 3).leaseEpoch()).isGreaterThanOrEqualTo(9);
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
        assertThat(HexFormat.of().formatHex(ObjectCheckpoints.encodeForgotten(258).array()))
                .isEqualTo("02" + "0".repeat(16) + "0000000000000102" + "0".repeat(16));
        golden.put(0, (byte) 3);
        assertThatThrownBy(() -> ObjectCheckpoints.decode("here", golden))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("here has checkpoint format 3")
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
