package io.headrace.store.journal;

import io.headrace.store.object.StoreFullException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;

/**
 * A disk with a cache: what was not synced may be lost in a crash, sector by sector, in any order.
 * As Linux does, a failed sync leaves pages clean that were never stored. The same seed and calls
 * give the same faults. For one thread.
 */
public final class FaultyDisk implements JournalDisk {
    private static final int SECTOR_BYTES = 512;

    private final RandomGenerator random;
    private final Map<String, Content> files = new TreeMap<>();
    private int generation;
    private boolean full;
    private int syncsToFail;
    private int writesToFail;

    private static final class Content {
        byte[] cached;
        byte[] stored;
        final BitSet dirty = new BitSet();

        Content(int bytes) {
            cached = new byte[bytes];
            stored = new byte[bytes];
        }
    }

    public FaultyDisk(RandomGenerator random) {
        this.random = random;
    }

    /** While full no file can be created; writing into files works, as they have their room. */
    public void setFull(boolean full) {
        this.full = full;
    }

    public void failNextSync() {
        syncsToFail++;
    }

    public void failNextWrite() {
        writesToFail++;
    }

    public void stopFailing() {
        syncsToFail = 0;
        writesToFail = 0;
        full = false;
    }

    /** The power goes: of what was not synced any sectors survive, perhaps none, perhaps all. */
    public void crash() {
        generation++;
        double survival =
                switch (random.nextInt(4)) {
                    case 0 -> 0;
                    case 1 -> 1;
                    default -> random.nextDouble();
                };
        for (var content : files.values()) {
            storeSome(content, survival);
            content.cached = content.stored.clone();
        }
    }

    /** The process ends and the machine goes on: the cache stays, and may be stored later. */
    public void kill() {
        generation++;
    }

    /** Flips a bit of a file, on the disk and in the cache. */
    public void flipBit(String name, long bit) {
        var content = files.get(name);
        if (content == null) {
            throw new IllegalArgumentException(name);
        }
        int at = (int) (bit / 8);
        content.stored[at] ^= (byte) (1 << (bit % 8));
        content.cached[at] ^= (byte) (1 << (bit % 8));
    }

    /** Changes with every byte and name that is stored. */
    public long fingerprint() {
        var crc = new CRC32C();
        files.forEach((name, content) -> {
            crc.update(name.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            crc.update(content.stored);
        });
        return crc.getValue();
    }

    @Override
    public List<String> list() {
        return List.copyOf(files.keySet());
    }

    @Override
    public JournalFile create(String name, int bytes) throws IOException {
        if (full) {
            throw new StoreFullException(name, new IOException("No space left on device"));
        }
        if (files.putIfAbsent(name, new Content(bytes)) != null) {
            throw new FileAlreadyExistsException(name);
        }
        return open(name);
    }

    @Override
    public JournalFile open(String name) throws IOException {
        var content = files.get(name);
        if (content == null) {
            throw new NoSuchFileException(name);
        }
        return new Handle(content, generation);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        var content = files.get(from);
        if (content == null) {
            throw new NoSuchFileException(from);
        }
        if (files.putIfAbsent(to, content) != null) {
            throw new FileAlreadyExistsException(to);
        }
        files.remove(from);
    }

    @Override
    public void delete(String name) {
        files.remove(name);
    }

    private void storeSome(Content content, double survival) {
        content.dirty.stream()
                .forEach(sector -> {
                    if (random.nextDouble() < survival) {
                        store(content, sector);
                    }
                });
        content.dirty.clear();
    }

    private static void store(Content content, int sector) {
        int from = sector * SECTOR_BYTES;
        int length = Math.min(SECTOR_BYTES, content.cached.length - from);
        System.arraycopy(content.cached, from, content.stored, from, length);
    }

    private final class Handle implements JournalFile {
        private final Content content;
        private final int openedIn;
        private boolean closed;

        Handle(Content content, int openedIn) {
            this.content = content;
            this.openedIn = openedIn;
        }

        @Override
        public int size() throws IOException {
            check();
            return content.cached.length;
        }

        @Override
        public void write(ByteBuffer source, long offset) throws IOException {
            check();
            int length = source.remaining();
            if (offset + length > content.cached.length) {
                throw new EOFException("write up to " + (offset + length));
            }
            boolean fails = writesToFail > 0;
            if (fails) {
                writesToFail--;
                length = random.nextInt(length);
            }
            source.get(content.cached, (int) offset, length);
            if (length > 0) {
                content.dirty.set(
                        (int) offset / SECTOR_BYTES,
                        ((int) offset + length - 1) / SECTOR_BYTES + 1);
            }
            if (fails) {
                throw new IOException("write failed");
            }
        }

        @Override
        public void sync() throws IOException {
            check();
            if (syncsToFail > 0) {
                syncsToFail--;
                storeSome(content, random.nextDouble());
                throw new IOException("sync failed");
            }
            content.dirty.stream().forEach(sector -> store(content, sector));
            content.dirty.clear();
        }

        @Override
        public void read(ByteBuffer target, long offset) throws IOException {
            check();
            if (offset + target.remaining() > content.cached.length) {
                throw new EOFException("read at " + offset);
            }
            target.put(
                    Arrays.copyOfRange(
                            content.cached, (int) offset, (int) offset + target.remaining()));
        }

        @Override
        public void close() {
            closed = true;
        }

        private void check() throws IOException {
            if (closed || openedIn != generation) {
                throw new IOException("closed");
            }
        }
    }
}
