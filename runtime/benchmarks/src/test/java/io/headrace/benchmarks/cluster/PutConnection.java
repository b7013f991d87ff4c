package io.headrace.benchmarks.cluster;

import io.headrace.client.bench.LoadConnection;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A connection to a node that puts prepared requests, and looks whether they were taken. */
final class PutConnection implements AutoCloseable {
    private static final byte[] ERROR = "ErrorCode".getBytes(StandardCharsets.US_ASCII);

    private final LoadConnection connection;

    PutConnection(URI node) throws IOException {
        this(node, 1 << 18);
    }

    /**
     * @param bufferBytes for answers to begin with; little where there are many connections
     */
    PutConnection(URI node, int bufferBytes) throws IOException {
        connection = new LoadConnection(node, bufferBytes);
    }

    /**
     * Puts and waits.
     *
     * @return how many records were taken
     * @throws IOException if there was no answer: nobody knows what became of them
     */
    int put(KinesisPuts.Prepared put) throws IOException {
        int status = connection.exchange(put.head().rewind(), put.body().rewind());
        if (status != 200) {
            return 0;
        }
        return put.records() - failures();
    }

    /** What the last answer said, for a message. */
    String lastAnswer() {
        return connection.bodyText();
    }

    /** Whatever the encoding, a record that was refused has this member and no other has. */
    private int failures() {
        var bytes = connection.bodyBuffer();
        int failures = 0;
        for (int at = connection.bodyStart(); at + ERROR.length <= connection.bodyEnd(); at++) {
            if (bytes[at] == ERROR[0] && isErrorAt(bytes, at)) {
                failures++;
            }
        }
        return failures;
    }

    private static boolean isErrorAt(byte[] bytes, int at) {
        for (int i = 1; i < ERROR.length; i++) {
            if (bytes[at + i] != ERROR[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
