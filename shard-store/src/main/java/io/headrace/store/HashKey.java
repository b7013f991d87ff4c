package io.headrace.store;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A point of the 128-bit key space that shards divide, as an unsigned integer in two longs. */
public record HashKey(long high, long low) implements Comparable<HashKey> {
    public static final HashKey MIN = new HashKey(0, 0);
    public static final HashKey MAX = new HashKey(-1, -1);

    private static final int DIGITS_MAX = 39;
    private static final BigInteger LIMIT = BigInteger.ONE.shiftLeft(128);

    /** MD5 over the key's UTF-8 bytes, as Kinesis hashes it. */
    public static HashKey ofPartitionKey(String partitionKey) {
        var utf8 = partitionKey.getBytes(StandardCharsets.UTF_8);
        return ofPartitionKey(newMd5(), utf8, 0, utf8.length);
    }

    /**
     * As {@link #ofPartitionKey(String)} for a hot path that keeps its digest; leaves the digest
     * reset.
     */
    public static HashKey ofPartitionKey(MessageDigest md5, byte[] utf8, int offset, int length) {
        md5.update(utf8, offset, length);
        var digest = md5.digest();
        return new HashKey(longAt(digest, 0), longAt(digest, 8));
    }

    public static MessageDigest newMd5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
    }

    /**
     * Parses a decimal as the wire writes hash keys.
     *
     * @throws NumberFormatException if it is no decimal integer in 0 .. 2^128-1
     */
    public static HashKey parse(String decimal) {
        if (decimal.isEmpty() || decimal.length() > DIGITS_MAX) {
            throw new NumberFormatException("not in 0 .. 2^128-1: length " + decimal.length());
        }
        for (int i = 0; i < decimal.length(); i++) {
            if (decimal.charAt(i) < '0' || decimal.charAt(i) > '9') {
                throw new NumberFormatException("not a decimal: " + decimal);
            }
        }
        return of(new BigInteger(decimal));
    }

    public static HashKey of(BigInteger value) {
        if (value.signum() < 0 || value.compareTo(LIMIT) >= 0) {
            throw new NumberFormatException("not in 0 .. 2^128-1: " + value);
        }
        return new HashKey(value.shiftRight(64).longValue(), value.longValue());
    }

    public BigInteger toBigInteger() {
        return unsigned(high).shiftLeft(64).or(unsigned(low));
    }

    /** The next key; the key space does not wrap. */
    public HashKey next() {
        if (equals(MAX)) {
            throw new ArithmeticException("no key after the last");
        }
        return new HashKey(low == -1 ? high + 1 : high, low + 1);
    }

    public HashKey previous() {
        if (equals(MIN)) {
            throw new ArithmeticException("no key before the first");
        }
        return new HashKey(low == 0 ? high - 1 : high, low - 1);
    }

    @Override
    public int compareTo(HashKey other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    /** Decimal, as on the wire. */
    @Override
    public String toString() {
        return toBigInteger().toString();
    }

    private static BigInteger unsigned(long bits) {
        var value = BigInteger.valueOf(bits & Long.MAX_VALUE);
        return bits < 0 ? value.setBit(63) : value;
    }

    private static long longAt(byte[] bytes, int offset) {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | (bytes[offset + i] & 0xff);
        }
        return value;
    }
}
