package io.headrace.client.put;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Lines as the bytes they are: what is not UTF-8 goes through unchanged. One thread. */
final class LineReader {
    /** More than the largest record an endpoint takes, and little enough to hold. */
    static final int LINE_BYTES_MAX = 16 << 20;

    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private int position;
    private int limit;

    LineReader(InputStream in) {
        this.in = in;
    }

    /** The next line without its end, or null at the end of input. */
    byte @Nullable [] next() throws IOException {
        var line = new ByteArrayOutputStream(256);
        while (true) {
            if (position == limit && !fill()) {
                return line.size() == 0 ? null : withoutReturn(line.toByteArray());
            }
            int end = position;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            line.write(buffer, position, end - position);
            if (line.size() > LINE_BYTES_MAX) {
                throw new IOException("a line is longer than " + LINE_BYTES_MAX + " bytes");
            }
            position = end;
            if (end < limit) {
                position++;
                return withoutReturn(line.toByteArray());
            }
        }
    }

    private boolean fill() throws IOException {
        int read = in.read(buffer);
        position = 0;
        limit = Math.max(read, 0);
        return read > 0;
    }

    private static byte[] withoutReturn(byte[] line) {
        boolean windows = line.length > 0 && line[line.length - 1] == '\r';
        return windows ? Arrays.copyOf(line, line.length - 1) : line;
    }
}
