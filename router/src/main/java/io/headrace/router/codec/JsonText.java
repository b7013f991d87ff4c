package io.headrace.router.codec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Strings and times as JSON writes them. */
final class JsonText {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private JsonText() {}

    /** Writes UTF-8 as a quoted JSON string; offsets are absolute. */
    static void writeString(WireBytes out, ByteBuffer source, int offset, int length) {
        out.put('"');
        int from = offset;
        int end = offset + length;
        for (int i = offset; i < end; i++) {
            int b = source.get(i);
            if (b == '"' || b == '\\' || (b >= 0 && b < 0x20)) {
                out.put(source, from, i - from);
                writeEscape(out, b);
                from = i + 1;
            }
        }
        out.put(source, from, end - from);
        out.put('"');
    }

    private static void writeEscape(WireBytes out, int b) {
        if (b == '"' || b == '\\') {
            out.put('\\');
            out.put(b);
            return;
        }
        out.putAscii("\\u00");
        out.put(HEX[b >>> 4]);
        out.put(HEX[b & 15]);
    }

    /** Milliseconds as seconds with three decimals. */
    static void writeSeconds(WireBytes out, long ms) {
        out.putAscii(Long.toString(ms / 1000));
        int rest = (int) (ms % 1000);
        int at = out.extend(4);
        var array = out.array();
        array[at] = '.';
        array[at + 1] = (byte) ('0' + rest / 100);
        array[at + 2] = (byte) ('0' + rest / 10 % 10);
        array[at + 3] = (byte) ('0' + rest % 10);
    }
}
