package io.headrace.store.object;

import java.io.EOFException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** A store in memory that never fails; what it holds outlives a simulated crash. Any thread. */
public final class MemoryStore implements ObjectStore {
    private final ConcurrentSkipListMap<String, ByteBuffer> objects = new ConcurrentSkipListMap<>();

    public MemoryStore() {}

    /** Another store with the same objects. */
    public MemoryStore copy() {
        var copy = new MemoryStore();
        copy.objects.putAll(objects);
        return copy;
    }

    @Override
    public boolean createIfAbsent(String name, ByteBuffer... content) {
        long length = 0;
        for (var part : content) {
            length += part.remaining();
        }
        var bytes = ByteBuffer.allocate(Math.toIntExact(length));
        for (var part : content) {
            bytes.put(part.duplicate());
        }
        return objects.putIfAbsent(ObjectName.checked(name), bytes.flip()) == null;
    }

    @Override
    public Optional<ByteBuffer> get(String name) {
        return Optional.ofNullable(objects.get(ObjectName.checked(name))).map(MemoryStore::copyOf);
    }

    @Override
    public ByteBuffer read(String name, long offset, int length)
            throws NoSuchFileException, EOFException {
        var bytes = objects.get(ObjectName.checked(name));
        if (bytes == null) {
            throw new NoSuchFileException(name);
        }
        if (offset < 0 || length < 0 || offset > bytes.limit() - length) {
            throw new EOFException(name + " has " + bytes.limit() + " bytes");
        }
        return copyOf(bytes.slice((int) offset, length));
    }

    @Override
    public ByteBuffer readUpTo(String name, long offset, int lengthMax) throws NoSuchFileException {
        FileRange.checkUpTo(offset, lengthMax);
        var bytes = objects.get(ObjectName.checked(name));
        if (bytes == null) {
            throw new NoSuchFileException(name);
        }
        int start = (int) Math.min(offset, bytes.limit());
        return copyOf(bytes.slice(start, Math.min(lengthMax, bytes.limit() - start)));
    }

    @Override
    public Optional<Long> size(String name) {
        return Optional.ofNullable(objects.get(ObjectName.checked(name)))
                .map(bytes -> (long) bytes.limit());
    }

    @Override
    public List<String> list(String prefix) {
        ObjectName.checkPrefix(prefix);
        return objects.tailMap(prefix).keySet().stream()
                .takeWhile(name -> name.startsWith(prefix))
                .toList();
    }

    @Override
    public void delete(String name) {
        objects.remove(ObjectName.checked(name));
    }

    /** Flips a bit, as a disk might. */
    public void flipBit(String name, long bit) {
        objects.computeIfPresent(
                name,
                (same, bytes) -> {
                    var copy = copyOf(bytes);
                    int at = (int) (bit / 8);
                    return copy.put(at, (byte) (copy.get(at) ^ 1 << (bit % 8)));
                });
    }

    @Override
    public void close() {}

    private static ByteBuffer copyOf(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
    }
}
