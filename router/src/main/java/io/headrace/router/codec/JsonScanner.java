package io.headrace.router.codec;

import io.headrace.router.wire.RequestBody;
import io.headrace.router.wire.WireException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Walks JSON in a byte array (RFC 8259, UTF-8), pointing at strings in place. A string that has
 * escapes is unescaped into an array of its own. For one thread.
 */
class JsonScanner {
    private static final int DEPTH_MAX = 64;
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;

    final byte[] body;

    /** Behind the body's last byte; the array may go on. */
    final int bodyEnd;

    int position;

    /** The last string read: where its bytes are, unescaped. */
    byte[] text = {};

    int textOffset;
    int textLength;

    JsonScanner(RequestBody body) {
        this.body = body.array();
        this.bodyEnd = body.length();
    }

    static WireException broken(String what) {
        return WireException.serialization(what);
    }

    /** The next byte that is no white space, not consumed; refuses the end. */
    final int peek() {
        while (position < bodyEnd) {
            int b = body[position];
            if (b > ' ') {
                return b;
            }
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return b;
            }
            position++;
        }
        throw broken("Unexpected end of JSON");
    }

    final void expect(char c) {
        if (peek() != c) {
            throw broken("Expected '" + c + "' at byte " + position);
        }
        position++;
    }

    /** Consumes {@code c} if it is next. */
    final boolean take(char c) {
        if (peek() != c) {
            return false;
        }
        position++;
        return true;
    }

    final void expectEnd() {
        while (position < bodyEnd) {
            int b = body[position++];
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                throw broken("Unexpected bytes after the request");
            }
        }
    }

    /** True, and consumed, if a null is next. */
    final boolean takeNull() {
        if (peek() != 'n') {
            return false;
        }
        literal("null");
        return true;
    }

    final boolean readBoolean() {
        int next = peek();
        if (next == 't') {
            literal("true");
            return true;
        }
        if (next == 'f') {
            literal("false");
            return false;
        }
        throw broken("Expected a boolean at byte " + position);
    }

    /** Reads a string and leaves it in {@link #text}. */
    final void readString() {
        expect('"');
        int start = position;
        int end = endOfPlainRun(start);
        if (end < bodyEnd && body[end] == '"') {
            text = body;
            textOffset = start;
            textLength = end - start;
            position = end + 1;
            return;
        }
        readEscaped(start, end);
    }

    /** The last string as text, refused unless it is UTF-8. */
    final String textAsString() {
        if (!Utf8.isValid(text, textOffset, textLength)) {
            throw broken("Invalid UTF-8 in a string");
        }
        return new String(text, textOffset, textLength, StandardCharsets.UTF_8);
    }

    /** Index of the first quote, backslash or control byte at or after {@code from}. */
    private int endOfPlainRun(int from) {
        int i = from;
        int last = bodyEnd - 8;
        while (i <= last) {
            long word = (long) LONGS.get(body, i);
            long quote = word ^ (ONES * '"');
            long slash = word ^ (ONES * '\\');
            // A byte's high bit comes out set where it is a quote, a backslash or below 0x20.
            long quotes = (quote - ONES) & ~quote;
            long slashes = (slash - ONES) & ~slash;
            long controls = (word - ONES * 0x20) & ~word;
            long hit = (quotes | slashes | controls) & HIGHS;
            if (hit != 0) {
                return i + (Long.numberOfTrailingZeros(hit) >>> 3);
            }
            i += 8;
        }
        while (i < bodyEnd) {
            int b = body[i];
            if (b == '"' || b == '\\' || (b >= 0 && b < 0x20)) {
                return i;
            }
            i++;
        }
        return i;
    }

    private void readEscaped(int start, int firstStop) {
        var out = new byte[Math.max(32, Math.min(bodyEnd - start, (firstStop - start) * 2 + 64))];
        int length = 0;
        int from = start;
        int stop = firstStop;
        while (true) {
            int run = stop - from;
            // Six more than the run: the longest escape's UTF-8 fits too.
            if (length + run + 6 > out.length) {
                out = Arrays.copyOf(out, Math.max(length + run + 6, out.length * 2));
            }
            System.arraycopy(body, from, out, length, run);
            length += run;
            if (stop >= bodyEnd) {
                throw broken("Unterminated string");
            }
            if (body[stop] == '"') {
                text = out;
                textOffset = 0;
                textLength = length;
                position = stop + 1;
                return;
            }
            if (body[stop] != '\\') {
                throw broken("Control character in a string at byte " + stop);
            }
            position = stop + 1;
            length = Utf8.append(readEscape(), out, length);
            from = position;
            stop = endOfPlainRun(from);
        }
    }

    /** The code point of the escape after a backslash. */
    private int readEscape() {
        if (position >= bodyEnd) {
            throw broken("Unterminated string");
        }
        return switch (body[position++]) {
            case '"' -> '"';
            case '\\' -> '\\';
            case '/' -> '/';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> readUnicodeEscape();
            default -> throw broken("Unknown escape at byte " + (position - 1));
        };
    }

    private int readUnicodeEscape() {
        int unit = readHex4();
        if (Character.isLowSurrogate((char) unit)) {
            throw broken("Lone surrogate at byte " + position);
        }
        if (!Character.isHighSurrogate((char) unit)) {
            return unit;
        }
        if (position + 1 >= bodyEnd || body[position] != '\\' || body[position + 1] != 'u') {
            throw broken("Lone surrogate at byte " + position);
        }
        position += 2;
        int low = readHex4();
        if (!Character.isLowSurrogate((char) low)) {
            throw broken("Lone surrogate at byte " + position);
        }
        return Character.toCodePoint((char) unit, (char) low);
    }

    private int readHex4() {
        if (position + 4 > bodyEnd) {
            throw broken("Unterminated escape");
        }
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(body[position++], 16);
            if (digit < 0) {
                throw broken("Bad escape at byte " + (position - 1));
            }
            value = (value << 4) | digit;
        }
        return value;
    }

    /** Skips any value, checking that it is JSON. */
    final void skipValue(int depth) {
        if (depth > DEPTH_MAX) {
            throw broken("Nested deeper than " + DEPTH_MAX);
        }
        switch (peek()) {
            case '"' -> readString();
            case '{' -> skipObject(depth);
            case '[' -> skipArray(depth);
            case 't' -> literal("true");
            case 'f' -> literal("false");
            case 'n' -> literal("null");
            default -> skipNumber();
        }
    }

    private void skipObject(int depth) {
        expect('{');
        if (take('}')) {
            return;
        }
        do {
            readString();
            expect(':');
            skipValue(depth + 1);
        } while (take(','));
        expect('}');
    }

    private void skipArray(int depth) {
        expect('[');
        if (take(']')) {
            return;
        }
        do {
            skipValue(depth + 1);
        } while (take(','));
        expect(']');
    }

    private void skipNumber() {
        int start = position;
        if (body[position] == '-') {
            position++;
        }
        if (position < bodyEnd && body[position] == '0') {
            position++;
        } else {
            skipDigits();
        }
        if (position < bodyEnd && body[position] == '.') {
            position++;
            skipDigits();
        }
        if (position < bodyEnd && (body[position] | 0x20) == 'e') {
            position++;
            if (position < bodyEnd && (body[position] == '+' || body[position] == '-')) {
                position++;
            }
            skipDigits();
        }
        if (position - start > 1000) {
            throw broken("Number of " + (position - start) + " digits");
        }
        if (Double.isInfinite(
                Double.parseDouble(
                        new String(body, start, position - start, StandardCharsets.ISO_8859_1)))) {
            throw broken("Number out of range at byte " + start);
        }
    }

    private void skipDigits() {
        int start = position;
        while (position < bodyEnd && body[position] >= '0' && body[position] <= '9') {
            position++;
        }
        if (position == start) {
            throw broken("Expected a value at byte " + start);
        }
    }

    private void literal(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (position >= bodyEnd || body[position] != word.charAt(i)) {
                throw broken("Expected " + word + " at byte " + position);
            }
            position++;
        }
    }
}
