package io.headrace.store.object;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** Tells of every call before it makes it. */
public class WatchedStore implements ObjectStore {
    private final ObjectStore store;
    private final Runnable onCall;

    public WatchedStore(ObjectStore store, Runnable onCall) {
        this.store = store;
        this.onCall = onCall;
    }

    @Override
    public boolean createIfAbsent(String name, ByteBuffer... content) throws IOException {
        onCall.run();
        return store.createIfAbsent(name, content);
    }

    @Override
    public Optional<ByteBuffer> get(String name) throws IOException {
        onCall.run();
        return store.get(name);
    }

    @Override
    public ByteBuffer read(String name, long offset, int length) throws IOException {
        onCall.run();
        return store.read(name, offset, length);
    }

    @Override
    public ByteBuffer readUpTo(String name, long offset, int lengthMax) throws IOException {
        onCall.run();
        return store.readUpTo(name, offset, lengthMax);
    }

    @Override
    public Optional<Long> size(String name) throws IOException {
        onCall.run();
        return store.size(name);
    }

    @Override
    public List<String> list(String prefix) throws IOException {
        onCall.run();
        return store.list(prefix);
    }

    @Override
    public void delete(String name) throws IOException {
        onCall.run();
        store.delete(name);
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
