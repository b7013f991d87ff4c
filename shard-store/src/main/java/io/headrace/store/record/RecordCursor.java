package io.headrace.store.record;

import java.nio.ByteBuffer;

/** Walks encoded records without an object for each; for one thread. */
public final class RecordCursor {
    private final ByteBuffer body;
    private int left;
    private int keyOffset;
    private int keyLength;
    private int dataLength;
    private int next;

    RecordCursor(ByteBuffer body, int count) {
        this.body = body;
        this.left = count;
    }

    /** Moves to the next record; false after the last. */
    public boolean next() {
        if (left == 0) {
            return false;
        }
        left--;
        int length = body.getInt(next);
        keyLength = body.getShort(next + 4) & 0xffff;
        keyOffset = next + 6;
        dataLength = length - 2 - keyLength;
        next = next + 4 + length;
        if (dataLength < 0 || next > body.limit()) {
            throw new DamagedBlockException(
                    "record of " + length + " bytes does not fit its block");
        }
        return true;
    }

    /** The bytes that the offsets are in; shared, absolute access only. */
    public ByteBuffer bytes() {
        return body;
    }

    public int keyOffset() {
        return keyOffset;
    }

    public int keyLength() {
        return keyLength;
    }

    public int dataOffset() {
        return keyOffset + keyLength;
    }

    public int dataLength() {
        return dataLength;
    }
}
