package io.headrace.store.segment;

import com.github.luben.zstd.Zstd;
import io.headrace.store.ShardKey;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.record.Block;
import io.headrace.store.record.JoinedCrc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gathers blocks of one shard, in order, and writes them as one segment. It holds the compressed
 * bytes, or the blocks where these don't shrink, in memory until then, so its user bounds {@link
 * #rawBytes()}. For one thread and one segment.
 */
public final class SegmentWriter {
    /** Large enough to compress well, small enough that a point read decodes little. */
    public static final int CHUNK_BYTES_DEFAULT = 256 << 10;

    private static final int LEVEL = 1;
    private static final int SAMPLES_MAX = 3;
    private static final int SAMPLE_BYTES = 4 << 10;

    private final int chunkBytes;
    private final List<ByteBuffer> stored = new ArrayList<>();
    private final List<Block> chunkBlocks = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();
    private byte[] chunk = {};
    private byte[] compressed = {};
    private int chunkLength;
    private long chunkFirstIndex;
    private long chunkFirstArrivalMs;
    private boolean sampledInVain;
    private @Nullable Block last;
    private long storedBytes;
    private long rawBytes;

    private record Entry(
            long firstIndex,
            long nextIndex,
            long firstArrivalMs,
            long lastArrivalMs,
            int storedLength,
            int rawLength,
            int crc,
            int codec) {}

    /**
     * @param chunkBytes raw bytes after which a chunk is compressed
     */
    public SegmentWriter(int chunkBytes) {
        this.chunkBytes = chunkBytes;
    }

    public SegmentWriter() {
        this(CHUNK_BYTES_DEFAULT);
    }

    /** Takes the block, plain or encrypted as it is; it must follow the one before it. */
    public void add(Block block) {
        var before = last;
        if (before != null
                && (!before.shard().equals(block.shard())
                        || block.firstIndex() < before.nextIndex()
                        || block.arrivalMs() < before.arrivalMs())) {
            throw new IllegalArgumentException("block " + block + " after " + before);
        }
        if (chunkLength > 0 && chunkLength + (long) block.length() > chunkBytes + chunkBytes / 4) {
            endChunk();
        }
        if (chunkLength == 0) {
            chunkFirstIndex = block.firstIndex();
            chunkFirstArrivalMs = block.arrivalMs();
        }
        chunkBlocks.add(block);
        chunkLength += block.length();
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
        int length = compressible() ? compressChunk() : chunkLength;
        // Encrypted blocks don't shrink: then reading them should cost no decoding either.
        boolean shrank = isShorter(length, chunkLength);
        var crc = new JoinedCrc();
        if (shrank) {
            var content = ByteBuffer.wrap(Arrays.copyOf(compressed, length));
            crc.add(content);
            stored.add(content);
        } else {
            for (var block : chunkBlocks) {
                block.addTo(crc);
                stored.add(block.content());
            }
        }
        int storedLength = shrank ? length : chunkLength;
        entries.add(
                new Entry(
                        chunkFirstIndex,
                        newest.nextIndex(),
                        chunkFirstArrivalMs,
                        newest.arrivalMs(),
                        storedLength,
                        chunkLength,
                        crc.value(),
                        shrank ? SegmentFormat.CODEC_ZSTD : SegmentFormat.CODEC_PLAIN));
        storedBytes += storedLength;
        chunkBlocks.clear();
        chunkLength = 0;
    }

    /** Whether a sample shrinks: what does not shrink takes longest to try. */
    private boolean compressible() {
        if (chunkLength < 8 * SAMPLE_BYTES) {
            return true;
        }
        // Where the chunk before did not shrink this one seldom will.
        int samples = sampledInVain ? 1 : SAMPLES_MAX;
        sampledInVain = true;
        for (int sample = 1; sampledInVain && sample <= samples; sample++) {
            var block = chunkBlocks.get(chunkBlocks.size() * sample / (samples + 1)).content();
            int length = Math.min(SAMPLE_BYTES, block.remaining());
            var plain = new byte[length];
            block.get((block.remaining() - length) / 2, plain);
            sampledInVain = !isShorter(compress(plain, length), length);
        }
        return !sampledInVain;
    }

    private static boolean isShorter(int length, int plainLength) {
        return length < plainLength - plainLength / 32;
    }

    private int compressChunk() {
        if (chunk.length < chunkLength) {
            chunk = new byte[Math.max(chunkLength, chunkBytes + chunkBytes / 4)];
        }
        int end = 0;
        for (var block : chunkBlocks) {
            block.content().get(chunk, end, block.length());
            end += block.length();
        }
        return compress(chunk, end);
    }

    /** Into {@link #compressed}; returns how much it became. */
    private int compress(byte[] plain, int length) {
        int bound = (int) Zstd.compressBound(length);
        if (compressed.length < bound) {
            compressed = new byte[bound];
        }
        var context = ZstdContexts.borrowCompressor(LEVEL);
        int written = context.compressByteArray(compressed, 0, compressed.length, plain, 0, length);
        ZstdContexts.giveBack(context);
        return written;
    }

    private ByteBuffer index() {
        var index = ByteBuffer.allocate(entries.size() * SegmentFormat.ENTRY_BYTES);
        long offset = 0;
        for (var entry : entries) {
            index.putLong(entry.firstIndex())
                    .putLong(entry.nextIndex())
                    .putLong(entry.firstArrivalMs())
                    .putLong(entry.lastArrivalMs())
                    .putLong(offset)
                    .putInt(entry.storedLength())
                    .putInt(entry.rawLength())
                    .putInt(entry.crc())
                    .putInt(entry.codec() << 24);
            offset += entry.storedLength();
        }
        return index.flip();
    }
}
