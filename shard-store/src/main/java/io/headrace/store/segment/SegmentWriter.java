package io.headrace.store.segment;

import com.github.luben.zstd.Zstd;
import io.headrace.store.ShardKey;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.record.Block;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gathers blocks of one shard, in order, and writes them as one segment. It holds the compressed
 * bytes in memory until then, so its user bounds {@link #rawBytes()}. For one thread and one
 * segment.
 */
public final class SegmentWriter {
    /** Large enough to compress well, small enough that a point read decodes little. */
    public static final int CHUNK_BYTES_DEFAULT = 256 << 10;

    private static final int LEVEL = 1;

    private final int chunkBytes;
    private final List<ByteBuffer> stored = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();
    private byte[] chunk;
    private int chunkLength;
    private long chunkFirstIndex;
    private long chunkFirstArrivalMs;
    private @Nullable Block last;
    private long storedBytes;
    private long rawBytes;

    private record Entry(
            long firstIndex,
            long nextIndex,
            long firstArrivalMs,
            long lastArrivalMs,
            int rawLength,
            int codec) {}

    /**
     * @param chunkBytes raw bytes after which a chunk is compressed
     */
    public SegmentWriter(int chunkBytes) {
        this.chunkBytes = chunkBytes;
        this.chunk = new byte[chunkBytes + chunkBytes / 4];
    }

    public SegmentWriter() {
        this(CHUNK_BYTES_DEFAULT);
    }

    /** Copies the block, plain or encrypted as it is; it must follow the one before it. */
    public void add(Block block) {
        var before = last;
        if (before != null
                && (!before.shard().equals(block.shard())
                        || block.firstIndex() < before.nextIndex()
                        || block.arrivalMs() < before.arrivalMs())) {
            throw new IllegalArgumentException("block " + block + " after " + before);
        }
        if (chunkLength > 0 && chunkLength + (long) block.length() > chunk.length) {
            endChunk();
        }
        if (chunkLength == 0) {
            chunkFirstIndex = block.firstIndex();
            chunkFirstArrivalMs = block.arrivalMs();
        }
        int end = chunkLength + block.length();
        if (end > chunk.length) {
            chunk = Arrays.copyOf(chunk, end);
        }
        block.content().get(chunk, chunkLength, block.length());
        chunkLength = end;
        rawBytes += block.length();
        last = block;
        if (chunkLength >= chunkBytes) {
            endChunk();
        }
    }

    /** Bytes of the blocks added. */
    public long rawBytes() {
        return rawBytes;
    }

    /**
     * Ends the segment and stores it.
     *
     * @throws FileAlreadyExistsException if there is another object of this name
     */
    public SegmentRef writeTo(ObjectStore store, String name) throws IOException {
        var newest = last;
        if (newest == null) {
            throw new IllegalStateException("a segment has at least one block");
        }
        if (chunkLength > 0) {
            endChunk();
        }
        var index = index();
        var footer =
                new SegmentFormat.Footer(
                        storedBytes,
                        entries.size(),
                        SegmentFormat.crc(index),
                        newest.shard(),
                        rawBytes);
        var parts = new ArrayList<>(stored);
        parts.add(index);
        parts.add(footer.encode());
        var ref =
                new SegmentRef(
                        name,
                        entries.getFirst().firstIndex(),
                        newest.nextIndex(),
                        entries.getFirst().firstArrivalMs(),
                        newest.arrivalMs(),
                        rawBytes,
                        storedBytes + index.remaining() + SegmentFormat.FOOTER_BYTES);
        var content = parts.stream().map(ByteBuffer::duplicate).toArray(ByteBuffer[]::new);
        if (!store.createIfAbsent(name, content)) {
            throw new FileAlreadyExistsException(name);
        }
        return ref;
    }

    /** The shard of the blocks added. */
    public ShardKey shard() {
        var any = last;
        if (any == null) {
            throw new IllegalStateException("no block yet");
        }
        return any.shard();
    }

    private void endChunk() {
        var newest = last;
        if (newest == null) {
            throw new IllegalStateException("no block yet");
        }
        var plain = ByteBuffer.wrap(chunk, 0, chunkLength);
        var target = new byte[(int) Zstd.compressBound(chunkLength)];
        int length;
        try (var context = ZstdContexts.compressor(LEVEL)) {
            length = context.compressByteArray(target, 0, target.length, chunk, 0, chunkLength);
        }
        // Encrypted blocks don't shrink: then reading them should cost no decoding either.
        boolean shrank = length < chunkLength - chunkLength / 32;
        var bytes =
                shrank
                        ? ByteBuffer.wrap(Arrays.copyOf(target, length))
                        : ByteBuffer.wrap(Arrays.copyOf(plain.array(), chunkLength));
        entries.add(
                new Entry(
                        chunkFirstIndex,
                        newest.nextIndex(),
                        chunkFirstArrivalMs,
                        newest.arrivalMs(),
                        chunkLength,
                        shrank ? SegmentFormat.CODEC_ZSTD : SegmentFormat.CODEC_PLAIN));
        stored.add(bytes);
        storedBytes += bytes.remaining();
        chunkLength = 0;
    }

    private ByteBuffer index() {
        var index = ByteBuffer.allocate(entries.size() * SegmentFormat.ENTRY_BYTES);
        long offset = 0;
        for (int i = 0; i < entries.size(); i++) {
            var entry = entries.get(i);
            var bytes = stored.get(i);
            index.putLong(entry.firstIndex())
                    .putLong(entry.nextIndex())
                    .putLong(entry.firstArrivalMs())
                    .putLong(entry.lastArrivalMs())
                    .putLong(offset)
                    .putInt(bytes.remaining())
                    .putInt(entry.rawLength())
                    .putInt(SegmentFormat.crc(bytes))
                    .putInt(entry.codec() << 24);
            offset += bytes.remaining();
        }
        return index.flip();
    }
}
