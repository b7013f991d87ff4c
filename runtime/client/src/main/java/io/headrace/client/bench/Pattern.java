package io.headrace.client.bench;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Finds a word in bytes with Horspool's skips: most bytes of an answer are never looked at. */
final class Pattern {
    private final byte[] word;
    private final int[] skips = new int[256];

    Pattern(String word) {
        this.word = word.getBytes(StandardCharsets.ISO_8859_1);
        Arrays.fill(skips, this.word.length);
        for (int i = 0; i < this.word.length - 1; i++) {
            skips[this.word[i] & 0xff] = this.word.length - 1 - i;
        }
    }

    int length() {
        return word.length;
    }

    /** Where the word begins at or after {@code from} and ends before {@code end}, or -1. */
    int find(byte[] bytes, int from, int end) {
        int last = word.length - 1;
        int position = from;
        while (position + last < end) {
            if (Arrays.equals(bytes, position, position + word.length, word, 0, word.length)) {
                return position;
            }
            position += skips[bytes[position + last] & 0xff];
        }
        return -1;
    }

    int count(byte[] bytes, int from, int end) {
        int found = 0;
        for (int at = find(bytes, from, end); at >= 0; at = find(bytes, at + word.length, end)) {
            found++;
        }
        return found;
    }
}
