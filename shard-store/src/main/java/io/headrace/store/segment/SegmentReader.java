package io.headrace.store.segment;

import com.github.luben.zstd.ZstdException;
import io.headrace.store.ShardKey;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.record.Block;
import io.headrace.store.record.DamagedBlockException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/**
 * Reads a segment; keeps its index in memory (some 60 bytes for each 256 KiB) and nothing open. Any
 * thread may call; every read goes to the store and blocks.
 */
public final class SegmentReader {
    /** Holds the footer and the index of some 70 MiB of raw blocks. */
    private static final int TAIL_BYTES = 16 << 10;

    /** One read of the store is no longer than this, whatever the caller asks for. */
    private static final int RUN_RAW_BYTES_MAX = 64 << 20;

    private final ObjectStore store;
    private final SegmentRef ref;
    private final ShardKey shard;
    private final ChunkIndex index;

    private SegmentReader(ObjectStore store, SegmentRef ref, ShardKey shard, ChunkIndex index) {
        this.store = store;
        this.ref = ref;
        this.shard = shard;
        this.index = index;
    }

    /**
     * Loads the index.
     *
     * @throws DamagedBlockException if the object is no undamaged segment of a known version, or
     *     not the one {@code ref} describes
     * @throws java.nio.file.NoSuchFileException if there is no such object
     */
    public static SegmentReader open(ObjectStore store, SegmentRef ref) throws IOException {
        var name = ref.name();
        if (ref.storedBytes() < SegmentFormat.FOOTER_BYTES) {
            throw new DamagedBlockException(name + " has only " + ref.storedBytes() + " bytes");
        }
        int tailLength = (int) Math.min(TAIL_BYTES, ref.storedBytes());
        var tail = tail(store, ref, tailLength);
        var footer =
                SegmentFormat.Footer.decode(
                        name,
                        tail.slice(
                                tailLength - SegmentFormat.FOOTER_BYTES,
                                SegmentFormat.FOOTER_BYTES));
        long indexBytes = (long) footer.chunks() * SegmentFormat.ENTRY_BYTES;
        if (footer.chunks() < 1
                || indexBytes > Integer.MAX_VALUE - TAIL_BYTES
                || footer.indexOffset() < 0
                || footer.indexOffset()
                        != ref.storedBytes() - SegmentFormat.FOOTER_BYTES - indexBytes) {
            throw new DamagedBlockException(
                    "%s of %d bytes can't have an index of %d chunks at %d"
                            .formatted(
                                    name,
                                    ref.storedBytes(),
                                    footer.chunks(),
                                    footer.indexOffset()));
        }
        int endLength = (int) indexBytes + SegmentFormat.FOOTER_BYTES;
        if (endLength > tailLength) {
            tail = tail(store, ref, endLength);
            tailLength = endLength;
        }
        var entries = tail.slice(tailLength - endLength, (int) indexBytes);
        if (SegmentFormat.crc(entries) != footer.indexCrc()) {
            throw new DamagedBlockException("checksum mismatch in the index of " + name);
        }
        var index = new ChunkIndex(name, entries, footer.indexOffset(), footer.rawBytes());
        int end = index.count() - 1;
        if (index.firstIndex(0) != ref.firstIndex()
                || index.nextIndex(end) != ref.nextIndex()
                || index.firstArrival(0) != ref.firstArrivalMs()
                || index.lastArrival(end) != ref.lastArrivalMs()
                || footer.rawBytes() != ref.rawBytes()) {
            throw new DamagedBlockException("segment " + name + " is not the one of " + ref);
        }
        return new SegmentReader(store, ref, footer.shard(), index);
    }

    public SegmentRef ref() {
        return ref;
    }

    public ShardKey shard() {
        return shard;
    }

    /**
     * Whole blocks in order, from the one that holds {@code fromIndex} (or the first above it), up
     * to the end of a chunk: what was decoded is given, so that nothing is decoded twice by who
     * reads on. Empty only above the last record.
     *
     * @param bytesMax bound on the raw bytes of the chunks read, beyond the first
     * @throws DamagedBlockException naming object, chunk and offset, if any is damaged
     */
    public List<Block> read(long fromIndex, long bytesMax) throws IOException {
        int first = index.chunkOf(fromIndex);
        if (first == index.count()) {
            return List.of();
        }
        int end = endOfRun(first, Math.min(bytesMax, RUN_RAW_BYTES_MAX));
        var run = readRun(first, end);
        var blocks = new ArrayList<Block>();
        for (int chunk = first; chunk < end; chunk++) {
            decode(chunk, run, (int) (index.offset(chunk) - index.offset(first)), blocks);
        }
        int skipped = 0;
        while (skipped < blocks.size() && blocks.get(skipped).nextIndex() <= fromIndex) {
            skipped++;
        }
        return List.copyOf(blocks.subList(skipped, blocks.size()));
    }

    /**
     * Tells the store what is read after {@link #read} with the same arguments.
     *
     * @return how many of these bytes this segment has
     */
    public long willReadAfter(long fromIndex, long bytesMax, long aheadBytes) {
        int first = index.chunkOf(fromIndex);
        if (first == index.count()) {
            return 0;
        }
        int last = endOfRun(first, Math.min(bytesMax, RUN_RAW_BYTES_MAX)) - 1;
        int end = index.count() - 1;
        long offset = index.offset(last) + index.storedLength(last);
        long rest = index.offset(end) + index.storedLength(end) - offset;
        store.willRead(ref.name(), offset, Math.min(rest, aheadBytes));
        return Math.min(rest, aheadBytes);
    }

    /** Tells the store that a segment is read from its beginning, which needs its end first. */
    public static void willOpen(ObjectStore store, SegmentRef ref, long aheadBytes) {
        long tail = Math.min(TAIL_BYTES, ref.storedBytes());
        store.willRead(ref.name(), ref.storedBytes() - tail, tail);
        store.willRead(ref.name(), 0, Math.min(ref.storedBytes(), aheadBytes));
    }

    /** Index of the first record that arrived at {@code arrivalMs} or later; empty: all earlier. */
    public OptionalLong indexAt(long arrivalMs) throws IOException {
        int chunk = index.chunkAt(arrivalMs);
        if (chunk == index.count()) {
            return OptionalLong.empty();
        }
        if (index.firstArrival(chunk) >= arrivalMs) {
            return OptionalLong.of(index.firstIndex(chunk));
        }
        var blocks = new ArrayList<Block>();
        decode(chunk, readRun(chunk, chunk + 1), 0, blocks);
        return blocks.stream()
                .filter(block -> block.arrivalMs() >= arrivalMs)
                .mapToLong(Block::firstIndex)
                .findFirst();
    }

    private static ByteBuffer tail(ObjectStore store, SegmentRef ref, int length)
            throws IOException {
        try {
            return store.read(ref.name(), ref.storedBytes() - length, length);
        } catch (EOFException e) {
            throw new DamagedBlockException("segment " + ref.name() + " is cut off", e);
        }
    }

    private int endOfRun(int first, long bytesMax) {
        long raw = index.rawLength(first);
        int end = first + 1;
        while (end < index.count() && raw + index.rawLength(end) <= bytesMax) {
            raw += index.rawLength(end);
            end++;
        }
        return end;
    }

    private ByteBuffer readRun(int first, int end) throws IOException {
        int last = end - 1;
        long length = index.offset(last) + index.storedLength(last) - index.offset(first);
        try {
            var run = store.read(ref.name(), index.offset(first), Math.toIntExact(length));
            if (run.hasArray()) {
                return run;
            }
            return ByteBuffer.allocate(run.remaining()).put(run).flip();
        } catch (EOFException e) {
            throw new DamagedBlockException(where(first) + " is cut off", e);
        }
    }

    private void decode(int chunk, ByteBuffer run, int offset, List<Block> blocks) {
        int storedLength = index.storedLength(chunk);
        int rawLength = index.rawLength(chunk);
        var crc = new CRC32C();
        int start = run.arrayOffset() + run.position() + offset;
        crc.update(run.array(), start, storedLength);
        if ((int) crc.getValue() != index.crc(chunk)) {
            throw new DamagedBlockException("checksum mismatch in " + where(chunk));
        }
        ByteBuffer raw;
        if (index.codec(chunk) == SegmentFormat.CODEC_PLAIN) {
            raw = ByteBuffer.wrap(run.array(), start, storedLength);
        } else {
            raw = ByteBuffer.wrap(decompress(chunk, run.array(), start, storedLength, rawLength));
        }
        long next = index.firstIndex(chunk);
        try {
            while (raw.hasRemaining()) {
                var block = Block.read(raw);
                if (block.firstIndex() < next
                        || block.nextIndex() > index.nextIndex(chunk)
                        || !block.shard().equals(shard)) {
                    throw new DamagedBlockException("block " + block + " does not belong there");
                }
                next = block.nextIndex();
                blocks.add(block);
            }
        } catch (DamagedBlockException e) {
            throw new DamagedBlockException(
                    e.getMessage() + ", raw offset " + raw.position() + " of " + where(chunk), e);
        }
        if (next != index.nextIndex(chunk)) {
            throw new DamagedBlockException("record " + next + " is missing in " + where(chunk));
        }
    }

    private byte[] decompress(int chunk, byte[] bytes, int start, int length, int rawLength) {
        var raw = new byte[rawLength];
        var context = ZstdContexts.borrow();
        int decoded;
        try {
            decoded = context.decompressByteArray(raw, 0, rawLength, bytes, start, length);
        } catch (ZstdException e) {
            context.close();
            throw new DamagedBlockException(where(chunk) + " can't be decompressed", e);
        }
        ZstdContexts.giveBack(context);
        if (decoded != rawLength) {
            throw new DamagedBlockException(
                    where(chunk) + " has " + decoded + " raw bytes, not " + rawLength);
        }
        return raw;
    }

    private String where(int chunk) {
        return "chunk %d of segment %s at offset %d"
                .formatted(chunk, ref.name(), index.offset(chunk));
    }
}
