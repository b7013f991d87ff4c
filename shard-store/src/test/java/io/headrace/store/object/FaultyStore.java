package io.headrace.store.object;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.random.RandomGenerator;

/**
 * A store that fails as its random generator says, in the ways a network and a disk do; the same
 * seed and calls give the same failures. For one thread.
 */
public final class FaultyStore implements ObjectStore {
    private final ObjectStore store;
    private final RandomGenerator random;
    private final Queue<Late> late = new ArrayDeque<>();
    private Faults faults;
    private boolean full;

    /**
     * Chances, each 0 to 1, that a call fails with nothing done; that a create or delete fails
     * although it was done; that a create or delete fails and is done at some later call; that a
     * create is retried below us, so that its winner is told it lost.
     */
    public record Faults(double before, double after, double late, double retried) {
        public static final Faults NONE = new Faults(0, 0, 0, 0);
    }

    private interface Late {
        void land() throws IOException;
    }

    public FaultyStore(ObjectStore store, RandomGenerator random, Faults faults) {
        this.store = store;
        this.random = random;
        this.faults = faults;
    }

    public void setFaults(Faults faults) {
        this.faults = faults;
    }

    /** While full every create is refused, and nothing is stored. */
    public void setFull(boolean full) {
        this.full = full;
    }

    /** Lets everything land that is still under way. */
    public void settle() throws IOException {
        while (!late.isEmpty()) {
            late.remove().land();
        }
    }

    @Override
    public boolean createIfAbsent(String name, ByteBuffer... content) throws IOException {
        begin("create " + name);
        if (full) {
            throw new StoreFullException("full", new IOException("No space left on device"));
        }
        var bytes = joined(content);
        if (random.nextDouble() < faults.late()) {
            late.add(() -> store.createIfAbsent(name, bytes.duplicate()));
            throw new IOException("timeout: create " + name + " is still under way");
        }
        boolean created = store.createIfAbsent(name, bytes.duplicate());
        if (random.nextDouble() < faults.after()) {
            throw new IOException("the answer to create " + name + " was lost");
        }
        return created && random.nextDouble() >= faults.retried();
    }

    @Override
    public Optional<ByteBuffer> get(String name) throws IOException {
        begin("get " + name);
        return store.get(name);
    }

    @Override
    public ByteBuffer read(String name, long offset, int length) throws IOException {
        begin("read " + name);
        return store.read(name, offset, length);
    }

    @Override
    public ByteBuffer readUpTo(String name, long offset, int lengthMax) throws IOException {
        begin("read " + name);
        return store.readUpTo(name, offset, lengthMax);
    }

    @Override
    public Optional<Long> size(String name) throws IOException {
        begin("size of " + name);
        return store.size(name);
    }

    @Override
    public List<String> list(String prefix) throws IOException {
        begin("list " + prefix);
        return store.list(prefix);
    }

    @Override
    public void delete(String name) throws IOException {
        begin("delete " + name);
        if (random.nextDouble() < faults.late()) {
            late.add(() -> store.delete(name));
            throw new IOException("timeout: delete " + name + " is still under way");
        }
        store.delete(name);
        if (random.nextDouble() < faults.after()) {
            throw new IOException("the answer to delete " + name + " was lost");
        }
    }

    @Override
    public void close() throws IOException {
        store.close();
    }

    private void begin(String call) throws IOException {
        while (!late.isEmpty() && random.nextInt(4) == 0) {
            late.remove().land();
        }
        if (random.nextDouble() < faults.before()) {
            throw new IOException(call + " failed");
        }
    }

    private static ByteBuffer joined(ByteBuffer... content) {
        int length = 0;
        for (var part : content) {
            length += part.remaining();
        }
        var bytes = ByteBuffer.allocate(length);
        for (var part : content) {
            bytes.put(part.duplicate());
        }
        return bytes.flip();
    }
}
