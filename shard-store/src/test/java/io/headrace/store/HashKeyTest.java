package io.headrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashKeyTest {
    private static final String LAST = "340282366920938463463374607431768211455";

    /** The digest is MD5's own test vector of RFC 1321. */
    @Test
    void aPartitionKeyIsHashedByMd5() {
        assertThat(HashKey.ofPartitionKey("message digest").toBigInteger())
                .isEqualTo(new BigInteger("f96b697d7cb7938d525a2f31aaf161d0", 16));
    }

    @Test
    void theEndsOfTheSpace() {
        assertThat(HashKey.parse(LAST)).isEqualTo(HashKey.MAX);
        assertThat(HashKey.MAX).hasToString(LAST);
        assertThat(HashKey.parse("0")).isEqualTo(HashKey.MIN);
        assertThatThrownBy(HashKey.MAX::next).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(HashKey.MIN::previous).isInstanceOf(ArithmeticException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-1",
                "-0",
                "+1",
                "1e3",
                " 1",
                "0x10",
                "٣",
                "340282366920938463463374607431768211456",
                "0000000000000000000000000000000000000001"
            })
    void otherTextIsNoKey(String text) {
        assertThatThrownBy(() -> HashKey.parse(text)).isInstanceOf(NumberFormatException.class);
    }

    @Test
    void behavesAsTheIntegerItIs() {
        var random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            var a = key(random);
            var b = key(random);
            assertThat(HashKey.parse(a.toString())).isEqualTo(a);
            assertThat(Integer.signum(a.compareTo(b)))
                    .isEqualTo(a.toBigInteger().compareTo(b.toBigInteger()));
            if (!a.equals(HashKey.MAX)) {
                assertThat(a.next().toBigInteger()).isEqualTo(a.toBigInteger().add(BigInteger.ONE));
                assertThat(a.next().previous()).isEqualTo(a);
            }
        }
    }

    /** Keys around the carries are likely. */
    private static HashKey key(Random random) {
        return new HashKey(part(random), part(random));
    }

    private static long part(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextInt(3) - 1L;
            default -> Long.MIN_VALUE + random.nextInt(2);
        };
    }
}
