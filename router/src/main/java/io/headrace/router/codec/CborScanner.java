package io.headrace.router.codec;

import io.headrace.router.wire.RequestBody;
import io.headrace.router.wire.WireException;
import java.util.Arrays;

/**
 * Walks CBOR (RFC 8949) in a byte array, definite and indefinite lengths, pointing at strings in
 * place; one in chunks is joined into an array of its own. For one thread.
 */
class CborScanner {
    static final int BYTES = 2;
    static final int TEXT = 3;
    static final int ARRAY = 4;
    static final int MAP = 5;

    private static final int DEPTH_MAX = 64;
    private static final int TAG = 6;
    private static final int SIMPLE = 7;
    private static final int BREAK = 0xff;
    private static final int NULL = 0xf6;
    private static final int UNDEFINED = 0xf7;

    /** What {@link #readLength} gives for a length that is only known at its break. */
    static final long INDEFINITE = -1;

    final byte[] body;

    /** Behind the body's last byte; the array may go on. */
    final int bodyEnd;

    int position;

    /** The last string read. */
    byte[] text = {};

    int textOffset;
    int textLength;

    CborScanner(RequestBody body) {
        this.body = body.array();
        this.bodyEnd = body.length();
    }

    static WireException broken(String what) {
        return WireException.serialization(what);
    }

    private int peek() {
        if (position >= bodyEnd) {
            throw broken("Unexpected end of CBOR");
        }
        return body[position] & 0xff;
    }

    final boolean takeNull() {
        int next = peek();
        if (next != NULL && next != UNDEFINED) {
            return false;
        }
        position++;
        return true;
    }

    final boolean takeBreak() {
        if (peek() != BREAK) {
            return false;
        }
        position++;
        return true;
    }

    final boolean readBoolean() {
        return switch (peek()) {
            case 0xf4 -> {
                position++;
                yield false;
            }
            case 0xf5 -> {
                position++;
                yield true;
            }
            default -> throw broken("Expected a boolean at byte " + position);
        };
    }

    /** Begins an array or map: its element or pair count, or {@link #INDEFINITE}. */
    final long begin(int major) {
        skipTags();
        if (peek() >>> 5 != major) {
            throw broken(
                    "Expected " + (major == MAP ? "a map" : "an array") + " at byte " + position);
        }
        return readLength();
    }

    /**
     * True while there is an element; {@code left} is what {@link #begin} gave, less what was read.
     */
    final boolean more(long left) {
        return left == INDEFINITE ? !takeBreak() : left > 0;
    }

    static long lessOne(long left) {
        return left == INDEFINITE ? INDEFINITE : left - 1;
    }

    /** Reads a byte or text string and leaves it in {@link #text}. */
    final void readString(int major) {
        skipTags();
        if (peek() >>> 5 != major) {
            throw broken("Expected a string at byte " + position);
        }
        long length = readLength();
        if (length == INDEFINITE) {
            joinChunks(major);
            return;
        }
        text = body;
        textOffset = position;
        textLength = advance(length);
    }

    private void joinChunks(int major) {
        var joined = new byte[64];
        int length = 0;
        while (!takeBreak()) {
            if (peek() >>> 5 != major) {
                throw broken("Expected a chunk at byte " + position);
            }
            long chunk = readLength();
            if (chunk == INDEFINITE) {
                throw broken("A chunk in a chunk at byte " + position);
            }
            int start = position;
            int size = advance(chunk);
            if (length + size > joined.length) {
                joined = Arrays.copyOf(joined, Math.max(length + size, joined.length * 2));
            }
            System.arraycopy(body, start, joined, length, size);
            length += size;
        }
        text = joined;
        textOffset = 0;
        textLength = length;
    }

    private int advance(long length) {
        if (length > bodyEnd - position) {
            throw broken("A string of " + length + " bytes runs over the end");
        }
        position += (int) length;
        return (int) length;
    }

    /** The head's argument; moves behind the head. */
    private long readLength() {
        int head = body[position++] & 0x1f;
        if (head < 24) {
            return head;
        }
        if (head == 31) {
            return INDEFINITE;
        }
        if (head > 27) {
            throw broken("Reserved length at byte " + (position - 1));
        }
        int size = 1 << (head - 24);
        if (size > bodyEnd - position) {
            throw broken("Unexpected end of CBOR");
        }
        long value = 0;
        for (int i = 0; i < size; i++) {
            value = (value << 8) | (body[position++] & 0xff);
        }
        if (value < 0) {
            throw broken("Length out of range at byte " + position);
        }
        return value;
    }

    private void skipTags() {
        int tags = 0;
        while (peek() >>> 5 == TAG) {
            if (++tags > DEPTH_MAX || readLength() == INDEFINITE) {
                throw broken("Bad tag at byte " + position);
            }
        }
    }

    /** Skips any value. */
    final void skipValue(int depth) {
        if (depth > DEPTH_MAX) {
            throw broken("Nested deeper than " + DEPTH_MAX);
        }
        skipTags();
        int major = peek() >>> 5;
        switch (major) {
            case BYTES, TEXT -> readString(major);
            case ARRAY, MAP -> skipContainer(major, depth);
            case SIMPLE -> skipSimple();
            default -> skipInteger();
        }
    }

    private void skipContainer(int major, int depth) {
        long left = begin(major);
        while (more(left)) {
            skipValue(depth + 1);
            if (major == MAP) {
                skipValue(depth + 1);
            }
            left = lessOne(left);
        }
    }

    private void skipInteger() {
        int head = body[position] & 0x1f;
        if (head > 27) {
            throw broken("Reserved integer at byte " + position);
        }
        skipHead(head);
    }

    private void skipSimple() {
        int head = body[position] & 0x1f;
        if (head > 27) {
            throw broken("Unexpected break at byte " + position);
        }
        skipHead(head);
    }

    private void skipHead(int head) {
        int size = 1 + (head < 24 ? 0 : 1 << (head - 24));
        if (size > bodyEnd - position) {
            throw broken("Unexpected end of CBOR");
        }
        position += size;
    }
}
