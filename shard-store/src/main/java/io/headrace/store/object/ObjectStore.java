package io.headrace.store.object;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Named immutable objects. The only promise everything above rests on is {@link #createIfAbsent}:
 * of all who create a name, exactly one wins, and what it wrote is durable when the call returns.
 * Names are {@code /}-separated segments of {@code [A-Za-z0-9._=-]} that don't begin with a dot,
 * and no name is another's folder; listings are in name order and complete at some moment during
 * the call. Every method may block and may be called by any thread.
 */
public interface ObjectStore extends AutoCloseable {
    /**
     * Creates {@code name} with the remaining bytes of {@code content}.
     *
     * @return false if the name exists already; then nothing was changed
     * @throws StoreFullException if there was no room; nothing was created
     * @throws IOException if the outcome is unknown
     */
    boolean createIfAbsent(String name, ByteBuffer... content) throws IOException;

    /** Why nothing can be created any more until this is opened again; empty if all is well. */
    default Optional<String> trouble() {
        return Optional.empty();
    }

    /**
     * Creates many objects, as {@link #createIfAbsent} would one by one, with as few syncs as the
     * store can do it with.
     *
     * @return the names that were created; the others exist already and were not changed
     * @throws StoreFullException if there was no room; nothing was created
     * @throws IOException if the outcome of any is unknown: each has then to be settled by itself
     */
    default Set<String> createAllIfAbsent(Map<String, ByteBuffer> objects) throws IOException {
        var created = new HashSet<String>();
        for (var object : objects.entrySet()) {
            try {
                if (createIfAbsent(object.getKey(), object.getValue().duplicate())) {
                    created.add(object.getKey());
                }
            } catch (StoreFullException e) {
                throw created.isEmpty() ? e : new IOException("only some were created", e);
            }
        }
        return created;
    }

    /** The whole object, or empty if there is none. */
    Optional<ByteBuffer> get(String name) throws IOException;

    /**
     * Bytes {@code [offset, offset + length)} of the object.
     *
     * @throws NoSuchFileException if there is no such object
     * @throws java.io.EOFException if it ends before the range does
     */
    ByteBuffer read(String name, long offset, int length) throws IOException;

    /**
     * The bytes from {@code offset} on, at most so many; fewer only if the object ends there, none
     * if it ends at {@code offset} or before.
     *
     * @throws NoSuchFileException if there is no such object
     * @throws IllegalArgumentException if {@code offset} or {@code lengthMax} is negative
     */
    default ByteBuffer readUpTo(String name, long offset, int lengthMax) throws IOException {
        FileRange.checkUpTo(offset, lengthMax);
        long size = size(name).orElseThrow(() -> new NoSuchFileException(name));
        return read(name, Math.min(offset, size), Math.clamp(size - offset, 0, lengthMax));
    }

    /**
     * Tells that these bytes, as many as there are, will probably be read soon. Never blocks or
     * fails; a store that keeps nothing nearer does nothing.
     */
    default void willRead(String name, long offset, long length) {}

    /** Length in bytes, or empty if there is no such object. */
    Optional<Long> size(String name) throws IOException;

    /** Full names of all objects whose name starts with {@code prefix}, in order. */
    List<String> list(String prefix) throws IOException;

    /** Removes an object; one that is not there is no error. */
    void delete(String name) throws IOException;

    @Override
    void close() throws IOException;
}
