package io.headrace.store.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The few things a journal asks of a disk, so that a test can bring one that forgets, tears and
 * fails. Names are plain file names in one directory. Any thread may call any method.
 */
public interface JournalDisk {
    List<String> list() throws IOException;

    /**
     * Creates a file of zeros; it and its name are durable when the call returns.
     *
     * @throws io.headrace.store.object.StoreFullException if there is no room; then there is no
     *     file
     */
    JournalFile create(String name, int bytes) throws IOException;

    JournalFile open(String name) throws IOException;

    /** Durable when the call returns; replaces nothing. */
    void rename(String from, String to) throws IOException;

    void delete(String name) throws IOException;

    /** One file of fixed size. */
    interface JournalFile extends Closeable {
        int size() throws IOException;

        /** Writes all remaining bytes; after an exception nobody knows which. */
        void write(ByteBuffer source, long offset) throws IOException;

        /** Makes every write before the call durable; after an exception nobody knows which are. */
        void sync() throws IOException;

        /** Fills the target, or fails. */
        void read(ByteBuffer target, long offset) throws IOException;

        /** Closing twice is no error. */
        @Override
        void close() throws IOException;
    }
}
