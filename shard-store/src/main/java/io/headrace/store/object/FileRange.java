package io.headrace.store.object;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Reads a range of a file whole. Any thread. */
final class FileRange {
    /** A heap buffer is read through a direct one of the JDK's that it keeps per thread. */
    private static final int READ_BYTES_MAX = 1 << 20;

    private FileRange() {}

    static void checkUpTo(long offset, int lengthMax) {
        if (offset < 0 || lengthMax < 0) {
            throw new IllegalArgumentException("up to " + lengthMax + " bytes at " + offset);
        }
    }

    /**
     * @throws EOFException if the file ends before the range does
     */
    static ByteBuffer read(String name, FileChannel file, long offset, int length)
            throws IOException {
        if (offset < 0 || length < 0 || offset > file.size() - length) {
            throw new EOFException(
                    "%s has %d bytes, not [%d, +%d)".formatted(name, file.size(), offset, length));
        }
        var bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining() || bytes.limit() < length) {
            bytes.limit(Math.min(length, bytes.position() + READ_BYTES_MAX));
            if (file.read(bytes, offset + bytes.position()) < 0) {
                throw new EOFException(name + " became shorter while it was read");
            }
            bytes.limit(length);
        }
        return bytes.flip();
    }
}
