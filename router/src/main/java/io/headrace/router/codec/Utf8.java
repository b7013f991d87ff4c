package io.headrace.router.codec;

/**
 * UTF-8 as partition keys need it: strict validity, counting characters, appending a code point.
 */
public final class Utf8 {
    private Utf8() {}

    /** Strict: no overlong forms, no surrogates, nothing above U+10FFFF. */
    public static boolean isValid(byte[] bytes, int offset, int length) {
        return count(bytes, offset, length) >= 0;
    }

    /** Code points in valid UTF-8, or -1 if it is not valid. */
    public static int count(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int i = offset;
        int points = 0;
        while (i < end) {
            int size = bytes[i] >= 0 ? 1 : sequenceLength(bytes, i, end);
            if (size == 0) {
                return -1;
            }
            i += size;
            points++;
        }
        return points;
    }

    /** Length of the valid multi-byte sequence at {@code i}, or 0. */
    private static int sequenceLength(byte[] bytes, int i, int end) {
        int first = bytes[i] & 0xff;
        int size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
        if (size == 0 || i + size > end) {
            return 0;
        }
        for (int k = 1; k < size; k++) {
            if ((bytes[i + k] & 0xc0) != 0x80) {
                return 0;
            }
        }
        int second = bytes[i + 1] & 0xff;
        boolean refused =
                (first == 0xe0 && second < 0xa0)
                        || (first == 0xed && second > 0x9f)
                        || (first == 0xf0 && second < 0x90)
                        || (first == 0xf4 && second > 0x8f);
        return refused ? 0 : size;
    }

    /** Writes a code point that is no surrogate; returns the new length. */
    static int append(int codePoint, byte[] out, int length) {
        int at = length;
        if (codePoint < 0x80) {
            out[at++] = (byte) codePoint;
        } else if (codePoint < 0x800) {
            out[at++] = (byte) (0xc0 | (codePoint >>> 6));
            out[at++] = (byte) (0x80 | (codePoint & 0x3f));
        } else if (codePoint < 0x10000) {
            out[at++] = (byte) (0xe0 | (codePoint >>> 12));
            out[at++] = (byte) (0x80 | ((codePoint >>> 6) & 0x3f));
            out[at++] = (byte) (0x80 | (codePoint & 0x3f));
        } else {
            out[at++] = (byte) (0xf0 | (codePoint >>> 18));
            out[at++] = (byte) (0x80 | ((codePoint >>> 12) & 0x3f));
            out[at++] = (byte) (0x80 | ((codePoint >>> 6) & 0x3f));
            out[at++] = (byte) (0x80 | (codePoint & 0x3f));
        }
        return at;
    }
}
