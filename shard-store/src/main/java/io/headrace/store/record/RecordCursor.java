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

    /**
     * Moves to the next record; false after the last.
     *
     * @throws DamagedBlockException if the bytes are not as many whole records as were announced
     */
    public boolean next() {
        int room = body.limit() - next;
        if (left == 0) {
            if (room != 0) {
                throw new DamagedBlockException(room + " bytes behind the last record of a block");
            }
            return false;
        }
        if (room < RecordBatch.RECORD_OVERHEAD) {
            throw new DamagedBlockException(left + " records are missing in a block");
        }
        left--;
        int length = body.getInt(next);
        keyLength = body.getShort(next + 4) & 0xffff;
        keyOffset = next + 6;
        dataLength = length - 2 - keyLength;
        if (length < 2 || dataLength < 0 || length > room - 4) {
            throw new DamagedBlockException(
                    "record of " + length + " bytes does not fit its block");
        }
        next += 4 + length;
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
