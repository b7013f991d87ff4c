package io.headrace.client.bench;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes the little of CBOR (RFC 8949) that requests need: definite lengths only. */
final class CborOutput {
    private static final int UNSIGNED = 0;
    private static final int BYTES = 2;
    private static final int TEXT = 3;
    private static final int ARRAY = 4;
    private static final int MAP = 5;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 10);

    CborOutput map(int members) {
        return head(MAP, members);
    }

    CborOutput array(int items) {
        return head(ARRAY, items);
    }

    CborOutput text(String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        head(TEXT, bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    CborOutput bytes(byte[] bytes) {
        head(BYTES, bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    CborOutput integer(int value) {
        return head(UNSIGNED, value);
    }

    byte[] toByteArray() {
        return out.toByteArray();
    }

    private CborOutput head(int major, int value) {
        if (value < 0) {
            throw new IllegalArgumentException("not a length or a count: " + value);
        }
        int type = major << 5;
        if (value < 24) {
            out.write(type | value);
        } else if (value < 1 << 8) {
            out.write(type | 24);
            out.write(value);
        } else if (value < 1 << 16) {
            out.write(type | 25);
            out.write(value >>> 8);
            out.write(value);
        } else {
            out.write(type | 26);
            out.write(value >>> 24);
            out.write(value >>> 16);
            out.write(value >>> 8);
            out.write(value);
        }
        return this;
    }
}
