package io.headrace.router.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.utils.builder.SdkBuilder;

/** Damaged bodies end in a SerializationException or in a request, and soon. */
class PojoCodecFuzzTest {
    private static final int BODIES = 1_500;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    static Stream<Arguments> seeds() {
        return Stream.of(WireFormat.values())
                .flatMap(format ->
                        Stream.of(1L, 2L, 3L, 4L).map(seed -> Arguments.of(format, seed)));
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("seeds")
    void damagedBodiesAreReadOrRefused(WireFormat format, long seed) {
        Assertions.assertTimeoutPreemptively(
                PATIENCE,
                () -> {
                    var random = new Random(seed);
                    var operations = KinesisModel.CONSTRAINTS.operations();
                    int refused = 0;
                    for (int i = 0; i < BODIES; i++) {
                        var operation = operations.get(random.nextInt(operations.size()));
                        var request = new RandomPojo(random).fill(KinesisModel.request(operation));
                        var body = PojoCodec.write(format, request).getBytes();
                        refused += isRefused(format, damage(random, body), operation) ? 1 : 0;
                    }
                    // Neither outcome may be the only one, or the damage proves nothing.
                    assertThat(refused).isBetween(BODIES / 10, BODIES - 1);
                });
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("seeds")
    void noiseIsReadOrRefused(WireFormat format, long seed) {
        Assertions.assertTimeoutPreemptively(
                PATIENCE,
                () -> {
                    var random = new Random(seed);
                    for (int i = 0; i < BODIES; i++) {
                        var body = new byte[1 + random.nextInt(400)];
                        random.nextBytes(body);
                        body[0] = format == WireFormat.JSON ? (byte) '{' : (byte) 0xbf;
                        isRefused(format, body, "PutRecords");
                    }
                });
    }

    private static boolean isRefused(WireFormat format, byte[] body, String operation) {
        SdkBuilder<?, ? extends SdkPojo> builder = KinesisModel.request(operation);
        try {
            var read = PojoCodec.read(format, body, builder);
            checkToo(operation, read);
            return false;
        } catch (WireException e) {
            assertThat(e.type()).isEqualTo("SerializationException");
            assertThat(e.getMessage()).hasSizeLessThan(1000);
            return true;
        }
    }

    private static void checkToo(String operation, SdkPojo request) {
        try {
            KinesisModel.CONSTRAINTS.operation(operation).check(request);
        } catch (WireException e) {
            assertThat(e.type()).isEqualTo("ValidationException");
        }
    }

    private static byte[] damage(Random random, byte[] body) {
        var damaged = body.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(damaged.length);
            switch (random.nextInt(4)) {
                case 0 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> damaged[at] = (byte) random.nextInt(256);
                case 2 -> damaged = Arrays.copyOf(damaged, at + 1);
                default -> {
                    // A piece of the body once more.
                    int from = random.nextInt(at + 1);
                    var longer = Arrays.copyOf(damaged, damaged.length + at - from);
                    System.arraycopy(damaged, from, longer, at, damaged.length - from);
                    damaged = longer.length > 100_000 ? damaged : longer;
                }
            }
        }
        return damaged;
    }

    static List<WireFormat> formats() {
        return List.of(WireFormat.values());
    }

    /** What a body makes the reader allocate is bounded by the body, not by what it claims. */
    @ParameterizedTest
    @MethodSource("formats")
    void memoryIsBoundedByTheBody(WireFormat format) {
        var threads =
                (com.sun.management.ThreadMXBean)
                        java.lang.management.ManagementFactory.getThreadMXBean();
        var random = new Random(7);
        long allowed = 2_000_000;
        for (int i = 0; i < 500; i++) {
            var request = new RandomPojo(random).fill(KinesisModel.request("PutRecords"));
            var body = damage(random, PojoCodec.write(format, request).getBytes());
            long before = threads.getCurrentThreadAllocatedBytes();
            isRefused(format, body, "PutRecords");
            assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                    .isLessThan(allowed + 64L * body.length);
        }
    }
}
