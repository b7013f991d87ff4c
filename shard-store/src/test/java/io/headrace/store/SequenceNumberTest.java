package io.headrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SequenceNumberTest {
    private static final long SECONDS_MAX = (1L << 36) - 1;

    @Test
    void isLaidOutAsKinesisDoes() {
        var number = new SequenceNumber(0x0_5b_f4_e5c2L, 0x12, 0x3456, 0x0_64_8a17L);
        assertThat(number.toBigInteger().toString(16))
                .isEqualTo(
                        "2"
                                + "05bf4e5c2"
                                + "2"
                                + "0000000000003456"
                                + "00"
                                + "000648a17"
                                + "00000012"
                                + "2");
        assertThat(number.toString()).hasSize(56);
    }

    @Test
    void everyNumberHas56DigitsAndComesBack() {
        var random = new Random(1);
        for (int i = 0; i < 5_000; i++) {
            var number = number(random);
            assertThat(number.toString()).hasSize(56).matches("[0-9]+");
            assertThat(SequenceNumber.parse(number.toString())).isEqualTo(number);
        }
    }

    @Test
    void ordersByShardCreationThenShardThenIndex() {
        var random = new Random(2);
        var byFields =
                Comparator.comparingLong(SequenceNumber::shardCreatedSeconds)
                        .thenComparingInt(number -> number.shardNumber() & 15)
                        .thenComparingLong(SequenceNumber::counter)
                        .thenComparingLong(SequenceNumber::arrivalSeconds)
                        .thenComparingInt(SequenceNumber::shardNumber);
        for (int i = 0; i < 5_000; i++) {
            var a = number(random);
            var b = number(random);
            assertThat(Integer.signum(a.compareTo(b)))
                    .isEqualTo(Integer.signum(byFields.compare(a, b)))
                    .isEqualTo(Integer.signum(a.toString().compareTo(b.toString())));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "-49590338271490256608559692538361571095921575989136588898",
                "LATEST",
                "4959033827149025660855969253836157109592157598913658889",
                "99999999999999999999999999999999999999999999999999999999"
            })
    void otherTextIsNone(String text) {
        assertThatThrownBy(() -> SequenceNumber.parse(text))
                .isInstanceOf(NumberFormatException.class);
    }

    @Test
    void onlyWhatWeWouldWriteIsRead() {
        var bits = new SequenceNumber(1_700_000_000, 5, 77, 1_700_000_100).toBigInteger();
        for (int bit = 0; bit < 186; bit++) {
            var flipped = bits.flipBit(bit);
            try {
                var read = SequenceNumber.parse(flipped.toString());
                assertThat(read.toBigInteger()).isEqualTo(flipped);
            } catch (NumberFormatException e) {
                assertThat(e).hasMessageContaining("not a sequence number");
            }
        }
        assertThatThrownBy(() ->
                        SequenceNumber.parse(bits.add(BigInteger.ONE.shiftLeft(200)).toString()))
                .isInstanceOf(NumberFormatException.class);
    }

    private static SequenceNumber number(Random random) {
        return new SequenceNumber(
                random.nextInt(4) == 0 ? SECONDS_MAX : random.nextLong(3),
                random.nextInt(3) == 0 ? Integer.MAX_VALUE : random.nextInt(40),
                random.nextInt(3) == 0 ? Long.MAX_VALUE : random.nextLong(5),
                random.nextInt(4) == 0 ? SECONDS_MAX : random.nextLong(3));
    }
}
