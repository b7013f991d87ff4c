package io.headrace.store;

import java.math.BigInteger;

/**
 * A record's place in its shard, in Kinesis' version-2 layout of 186 bits, from the highest:
 *
 * <pre>
 * 2 (2 bits) | shard creation s (36) | shard number & 15 (4) | counter (64) | 0 (8) | arrival s (36) | shard number (32) | 2 (4)
 * </pre>
 *
 * written as 56 decimal digits. The counter is a record's index in its shard plus one, so that 0 is
 * left for the shard's own beginning, before its first record. It orders by creation time of the
 * shard, then by counter, so a child shard (created at least a second after its parents) is above
 * them and numbers never repeat whatever the clock does.
 */
public record SequenceNumber(
        long shardCreatedSeconds, int shardNumber, long counter, long arrivalSeconds)
        implements Comparable<SequenceNumber> {
    private static final long SECONDS_MAX = (1L << 36) - 1;
    private static final BigInteger TWO = BigInteger.TWO;

    public SequenceNumber {
        if (shardCreatedSeconds < 0 || shardCreatedSeconds > SECONDS_MAX) {
            throw new IllegalArgumentException("shard creation " + shardCreatedSeconds);
        }
        if (arrivalSeconds < 0 || arrivalSeconds > SECONDS_MAX) {
            throw new IllegalArgumentException("arrival " + arrivalSeconds);
        }
        if (shardNumber < 0 || counter < 0) {
            throw new IllegalArgumentException("shard " + shardNumber + ", counter " + counter);
        }
    }

    /** The number of the record at {@code index}, counted from 0, in its shard. */
    public static SequenceNumber ofRecord(
            long shardCreatedSeconds, int shardNumber, long index, long arrivalSeconds) {
        return new SequenceNumber(shardCreatedSeconds, shardNumber, index + 1, arrivalSeconds);
    }

    /**
     * Reads the wire's decimal.
     *
     * @throws NumberFormatException if it is no decimal of this layout
     */
    public static SequenceNumber parse(String decimal) {
        if (decimal.isEmpty() || decimal.length() > 128) {
            throw new NumberFormatException("not a sequence number: length " + decimal.length());
        }
        for (int i = 0; i < decimal.length(); i++) {
            if (decimal.charAt(i) < '0' || decimal.charAt(i) > '9') {
                throw new NumberFormatException("not a decimal: " + decimal);
            }
        }
        var bits = new BigInteger(decimal);
        if (bits.bitLength() != 186 || (bits.intValue() & 15) != 2) {
            throw new NumberFormatException("not a sequence number: " + decimal);
        }
        long created = field(bits, 148, 36);
        long counter = field(bits, 80, 64);
        long arrival = field(bits, 36, 36);
        long number = field(bits, 4, 32);
        if (counter < 0
                || number > Integer.MAX_VALUE
                || field(bits, 184, 2) != 2
                || field(bits, 72, 8) != 0
                || field(bits, 144, 4) != (number & 15)) {
            throw new NumberFormatException("not a sequence number: " + decimal);
        }
        return new SequenceNumber(created, (int) number, counter, arrival);
    }

    public BigInteger toBigInteger() {
        var bits = TWO.shiftLeft(184);
        bits = bits.or(BigInteger.valueOf(shardCreatedSeconds).shiftLeft(148));
        bits = bits.or(BigInteger.valueOf(shardNumber & 15).shiftLeft(144));
        bits = bits.or(BigInteger.valueOf(counter).shiftLeft(80));
        bits = bits.or(BigInteger.valueOf(arrivalSeconds).shiftLeft(36));
        bits = bits.or(BigInteger.valueOf(shardNumber).shiftLeft(4));
        return bits.or(TWO);
    }

    @Override
    public int compareTo(SequenceNumber other) {
        return toBigInteger().compareTo(other.toBigInteger());
    }

    /** 56 decimal digits, as on the wire. */
    @Override
    public String toString() {
        return toBigInteger().toString();
    }

    private static long field(BigInteger bits, int shift, int width) {
        var mask = BigInteger.ONE.shiftLeft(width).subtract(BigInteger.ONE);
        return bits.shiftRight(shift).and(mask).longValue();
    }
}
