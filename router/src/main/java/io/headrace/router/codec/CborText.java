package io.headrace.router.codec;

import java.nio.charset.StandardCharsets;

/** Heads and strings as CBOR writes them. */
final class CborText {
    private CborText() {}

    /** A head of this major type with a non-negative argument, in its shortest form. */
    static void head(WireBytes out, int major, long argument) {
        int type = major << 5;
        if (argument < 24) {
            out.put(type | (int) argument);
        } else if (argument < 0x100) {
            out.put(type | 24);
            out.put((int) argument);
        } else {
            int size = argument < 0x10000 ? 2 : argument < 0x1_0000_0000L ? 4 : 8;
            out.put(type | (size == 2 ? 25 : size == 4 ? 26 : 27));
            int at = out.extend(size);
            for (int i = 0; i < size; i++) {
                out.array()[at + i] = (byte) (argument >>> (8 * (size - 1 - i)));
            }
        }
    }

    static void text(WireBytes out, String text) {
        var utf8 = text.getBytes(StandardCharsets.UTF_8);
        head(out, CborScanner.TEXT, utf8.length);
        out.put(utf8);
    }
}
