package io.headrace.store.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * What stands in a journal, by position: an opaque number that {@link Journal#append} or recovery
 * gave. Any thread may call any method.
 */
public interface JournalReader {
    /** Random, never used twice: 32 hex digits. */
    String id();

    /**
     * The bytes at {@code position}, unchecked. If what stood there was released, they may be
     * anything; the caller compares them with what it looked for.
     *
     * @throws IOException if they cannot be read, also because they are gone
     */
    ByteBuffer read(long position, int length) throws IOException;

    /** File and offset of a position, for people. */
    String describe(long position);

    /** Says that the block at this position is needed no more; once for each block. */
    void release(long position);

    /**
     * The position behind the oldest stretch that could be given back if all blocks in it were
     * released; empty if there is none.
     */
    OptionalLong oldestEnd();

    /**
     * Gives back the room of the oldest entries whose blocks were all released; for the maintenance
     * thread.
     *
     * @return bytes given back
     */
    long trim() throws IOException;
}
