package io.headrace.store.record;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * CRC-32C of bytes in parts, where the sum of a part that is known already is joined on without
 * reading the part again: CRC(ab) = CRC(a) · x^(8·|b|) mod P, plus CRC(b), with polynomials over
 * GF(2). A block is so read once for its checksum, however many files it ends up in. For one
 * thread.
 */
public final class JoinedCrc {
    /** The polynomial of CRC-32C (RFC 3720, appendix B.4), lowest power in the highest bit. */
    private static final int POLYNOMIAL = 0x82f63b78;

    private static final int ONE = 1 << 31;

    /** x^(2^n) mod P at n, as far as the bits of any length go: 31 bits, of bytes of 2^3 bits. */
    private static final int[] POWERS = powers(31 + 3);

    private int value;

    /** Reads all remaining bytes, and leaves the buffer as it is. */
    public void add(ByteBuffer bytes) {
        var crc = new CRC32C();
        crc.update(bytes.duplicate());
        add((int) crc.getValue(), bytes.remaining());
    }

    /**
     * Joins on bytes that nobody looks at again.
     *
     * @param crc their CRC-32C
     * @param length how many there are
     */
    public void add(int crc, int length) {
        value = multiply(powerOfBytes(length), value) ^ crc;
    }

    public int value() {
        return value;
    }

    /** x^(8·length) mod P. */
    private static int powerOfBytes(int length) {
        int product = ONE;
        int bit = 3;
        for (int rest = length; rest != 0; rest >>>= 1) {
            if ((rest & 1) != 0) {
                product = multiply(POWERS[bit], product);
            }
            bit++;
        }
        return product;
    }

    private static int[] powers(int count) {
        var powers = new int[count];
        powers[0] = 1 << 30;
        for (int n = 1; n < powers.length; n++) {
            powers[n] = multiply(powers[n - 1], powers[n - 1]);
        }
        return powers;
    }

    /** The product modulo P. */
    private static int multiply(int a, int b) {
        int product = 0;
        int shifted = b;
        for (int power = a; power != 0; power <<= 1) {
            if (power < 0) {
                product ^= shifted;
            }
            shifted = (shifted >>> 1) ^ (POLYNOMIAL & -(shifted & 1));
        }
        return product;
    }
}
