package io.headrace.store.object;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where the objects of a store are copied to, each once. Any thread may call. */
@FunctionalInterface
public interface CopyTarget {
    /**
     * Puts an object there, durably by the time the copy is said to be finished.
     *
     * @param content the whole object; from its position to its limit
     */
    void create(String name, ByteBuffer content) throws IOException;
}
