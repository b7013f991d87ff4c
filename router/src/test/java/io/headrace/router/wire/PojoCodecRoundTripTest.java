package io.headrace.router.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.utils.builder.SdkBuilder;

/**
 * Every request and response class, every member filled, both formats, against itself and the SDK.
 */
class PojoCodecRoundTripTest {
    private static final int SEEDS = 20;

    static Stream<Arguments> seeds() {
        return Stream.of(WireFormat.values())
                .flatMap(format ->
                        Stream.iterate(1L, seed -> seed + 1)
                                .limit(SEEDS)
                                .map(seed -> Arguments.of(format, seed)));
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("seeds")
    void whatIsWrittenIsReadAgain(WireFormat format, long seed) {
        var random = new RandomPojo(new Random(seed));
        for (var builder : KinesisModel.all()) {
            assertReadAgain(format, random, builder);
        }
    }

    private static <T extends SdkPojo> void assertReadAgain(
            WireFormat format, RandomPojo random, SdkBuilder<?, T> builder) {
        var written = random.fill(builder);
        var again = empty(written);
        var read = PojoCodec.read(format, PojoCodec.write(format, written).getBytes(), again);
        assertThat(read).isEqualTo(written);
    }

    @SuppressWarnings("unchecked") // the class's own builder, emptied
    private static <T extends SdkPojo> SdkBuilder<?, T> empty(T pojo) {
        for (var builder : KinesisModel.all()) {
            if (builder.build().getClass() == pojo.getClass()) {
                return (SdkBuilder<?, T>) builder;
            }
        }
        throw new AssertionError(pojo.getClass());
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("seeds")
    void whatTheSdkSendsIsRead(WireFormat format, long seed) {
        var sdk = new SdkProtocol(format);
        assertThat(sdk.contentType()).isEqualTo(format.contentType());
        var random = new RandomPojo(new Random(seed));
        for (var operation : KinesisModel.CONSTRAINTS.operations()) {
            var sent = random.fill(KinesisModel.request(operation));
            var read =
                    PojoCodec.read(
                            format, sdk.marshal(operation, sent), KinesisModel.request(operation));
            assertThat((Object) read).isEqualTo(sent);
        }
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("seeds")
    void theSdkReadsWhatIsWritten(WireFormat format, long seed) {
        var sdk = new SdkProtocol(format);
        var random = new RandomPojo(new Random(seed));
        for (var operation : KinesisModel.CONSTRAINTS.operations()) {
            var written = random.fill(KinesisModel.response(operation));
            var read =
                    sdk.unmarshal(
                            (SdkPojo) KinesisModel.response(operation),
                            PojoCodec.write(format, written).getBytes());
            assertThat(read.equalsBySdkFields(written)).as("%s %s", written, read).isTrue();
        }
    }
}
