package io.headrace.router.codec;

import io.headrace.store.SequenceNumber;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;

/**
 * Writes the 56 digits of sequence numbers of one shard and arrival second without a big integer
 * for each: the number at index 0 is kept in base 10^7, and the index times 2^80 is added to it
 * limb by limb. For any thread.
 */
final class SequenceDigits {
    static final int LENGTH = 56;

    private static final int LIMBS = 8;
    private static final int LIMB_DIGITS = 7;
    private static final long BASE = 10_000_000;

    private static final VarHandle FOUR_BYTES =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    /** The digits of 0 to 9,999 in ASCII, the first in the highest byte. */
    private static final int[] FOUR_DIGITS = fourDigits();

    /** 2^80 in base 10^7, lowest limb first. */
    private static final long[] STEP = limbs(BigInteger.ONE.shiftLeft(80), 4);

    private final long shardCreatedSeconds;
    private final int shardNumber;
    private final long arrivalSeconds;
    private final long[] first;

    SequenceDigits(long shardCreatedSeconds, int shardNumber, long arrivalSeconds) {
        this.shardCreatedSeconds = shardCreatedSeconds;
        this.shardNumber = shardNumber;
        this.arrivalSeconds = arrivalSeconds;
        this.first =
                limbs(
                        new SequenceNumber(shardCreatedSeconds, shardNumber, 0, arrivalSeconds)
                                .toBigInteger(),
                        LIMBS);
    }

    boolean isFor(long createdSeconds, int number, long arrival) {
        return shardCreatedSeconds == createdSeconds
                && shardNumber == number
                && arrivalSeconds == arrival;
    }

    /** Writes the number of the record at {@code index}, which is not negative. */
    void write(long index, byte[] target, int offset) {
        long counter = index + 1;
        long i0 = counter % BASE;
        long i1 = counter / BASE % BASE;
        long i2 = counter / (BASE * BASE);
        long carry = 0;
        int at = offset + LENGTH;
        for (int limb = 0; limb < LIMBS; limb++) {
            // Three products below 10^14 each and a carry: far from overflow.
            long sum =
                    carry
                            + first[limb]
                            + i0 * step(limb)
                            + i1 * step(limb - 1)
                            + i2 * step(limb - 2);
            carry = sum / BASE;
            int digits = (int) (sum - carry * BASE);
            int upper = digits / 10_000;
            at -= LIMB_DIGITS;
            int three = FOUR_DIGITS[upper];
            target[at] = (byte) (three >> 16);
            target[at + 1] = (byte) (three >> 8);
            target[at + 2] = (byte) three;
            FOUR_BYTES.set(target, at + 3, FOUR_DIGITS[digits - upper * 10_000]);
        }
    }

    private static int[] fourDigits() {
        var digits = new int[10_000];
        for (int value = 0; value < digits.length; value++) {
            digits[value] =
                    ('0' + value / 1000) << 24
                            | ('0' + value / 100 % 10) << 16
                            | ('0' + value / 10 % 10) << 8
                            | ('0' + value % 10);
        }
        return digits;
    }

    private static long step(int limb) {
        return limb < 0 || limb >= STEP.length ? 0 : STEP[limb];
    }

    private static long[] limbs(BigInteger value, int count) {
        var base = BigInteger.valueOf(BASE);
        var limbs = new long[count];
        var rest = value;
        for (int i = 0; i < count; i++) {
            var parts = rest.divideAndRemainder(base);
            limbs[i] = parts[1].longValue();
            rest = parts[0];
        }
        return limbs;
    }
}
