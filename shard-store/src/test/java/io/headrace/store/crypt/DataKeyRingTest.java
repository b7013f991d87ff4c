package io.headrace.store.crypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.RefusedException;
import io.headrace.store.record.DamagedBlockException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DataKeyRingTest {
    private static final DataKeyRing GOLDEN =
            new DataKeyRing(
                    "00000000000000aa",
                    List.of(
                            new DataKeyRing.Wrapped(
                                    1, "alias/aws/kinesis", "5f0c", "AAECAw==", 1 << 24),
                            new DataKeyRing.Wrapped(2, "alias/other", "77", "BAUG", 1 << 25)));

    @Test
    void theFormatStays() throws IOException {
        var golden = golden();
        assertThat(GOLDEN.encode()).isEqualTo(golden);
        assertThat(DataKeyRing.decode("here", golden)).isEqualTo(GOLDEN);
        var newer =
                StandardCharsets.UTF_8
                        .decode(golden)
                        .toString()
                        .replace("\"format\":1", "\"format\":2");
        assertThatThrownBy(() -> DataKeyRing.decode("here", StandardCharsets.UTF_8.encode(newer)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("here has data key format 2")
                .hasMessageContaining("newer Headrace");
    }

    @Test
    void damagedJsonIsRefusedOrRead() throws IOException {
        var random = new Random(1);
        for (int i = 0; i < 5_000; i++) {
            var bytes = golden();
            for (int flips = random.nextInt(3); flips >= 0; flips--) {
                char c = "{}[]\",:-0129e.x\\".charAt(random.nextInt(16));
                bytes.put(random.nextInt(bytes.limit()), (byte) c);
            }
            bytes.limit(random.nextInt(3) == 0 ? random.nextInt(bytes.limit()) : bytes.limit());
            try {
                assertThat(DataKeyRing.decode("here", bytes).keys().size()).isBetween(0, 2);
            } catch (DamagedBlockException | RefusedException e) {
                assertThat(e).hasMessageContaining("here");
            }
        }
    }

    private static ByteBuffer golden() throws IOException {
        try (var file = DataKeyRingTest.class.getResourceAsStream("/golden/v1/data-keys.json")) {
            return ByteBuffer.wrap(Optional.ofNullable(file).orElseThrow().readAllBytes());
        }
    }
}
