package io.headrace.store.segment;

import io.headrace.store.record.DamagedBlockException;
import java.nio.ByteBuffer;

/** A segment's index in primitive arrays: many segments are open at once. Immutable. */
final class ChunkIndex {
    private final long[] firstIndexes;
    private final long[] nextIndexes;
    private final long[] firstArrivals;
    private final long[] lastArrivals;
    private final long[] offsets;
    private final int[] storedLengths;
    private final int[] rawLengths;
    private final int[] crcs;
    private final byte[] codecs;

    /**
     * @throws DamagedBlockException if the entries don't fit together or {@code dataBytes}
     */
    ChunkIndex(String name, ByteBuffer index, long dataBytes, long rawBytes) {
        int count = index.remaining() / SegmentFormat.ENTRY_BYTES;
        firstIndexes = new long[count];
        nextIndexes = new long[count];
        firstArrivals = new long[count];
        lastArrivals = new long[count];
        offsets = new long[count];
        storedLengths = new int[count];
        rawLengths = new int[count];
        crcs = new int[count];
        codecs = new byte[count];
        long offset = 0;
        long raw = 0;
        for (int i = 0; i < count; i++) {
            firstIndexes[i] = index.getLong();
            nextIndexes[i] = index.getLong();
            firstArrivals[i] = index.getLong();
            lastArrivals[i] = index.getLong();
            offsets[i] = index.getLong();
            storedLengths[i] = index.getInt();
            rawLengths[i] = index.getInt();
            crcs[i] = index.getInt();
            codecs[i] = (byte) (index.getInt() >>> 24);
            if (offsets[i] != offset || !fits(i)) {
                throw new DamagedBlockException("index entry " + i + " of " + name + " is damaged");
            }
            offset += storedLengths[i];
            raw += rawLengths[i];
        }
        if (offset != dataBytes || raw != rawBytes) {
            throw new DamagedBlockException(
                    "the chunks of %s have %d bytes (raw %d), its footer says %d (raw %d)"
                            .formatted(name, offset, raw, dataBytes, rawBytes));
        }
    }

    private boolean fits(int i) {
        boolean ordered =
                i == 0
                        || (firstIndexes[i] >= nextIndexes[i - 1]
                                && firstArrivals[i] >= lastArrivals[i - 1]);
        boolean codec =
                codecs[i] == SegmentFormat.CODEC_ZSTD
                        || (codecs[i] == SegmentFormat.CODEC_PLAIN
                                && storedLengths[i] == rawLengths[i]);
        // Compressed only where that is shorter: so no read is longer than what it decodes to.
        return ordered
                && codec
                && firstIndexes[i] >= 0
                && nextIndexes[i] > firstIndexes[i]
                && lastArrivals[i] >= firstArrivals[i]
                && storedLengths[i] > 0
                && storedLengths[i] <= rawLengths[i]
                && rawLengths[i] > 0
                && rawLengths[i] <= SegmentFormat.CHUNK_RAW_BYTES_MAX;
    }

    int count() {
        return offsets.length;
    }

    /** The first chunk that holds {@code index} or, in a gap, what follows; count() if none. */
    int chunkOf(long index) {
        int low = 0;
        int high = count();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (nextIndexes[middle] > index) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** The first chunk with a record that arrived at {@code arrivalMs} or later. */
    int chunkAt(long arrivalMs) {
        int low = 0;
        int high = count();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (lastArrivals[middle] >= arrivalMs) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    long firstIndex(int chunk) {
        return firstIndexes[chunk];
    }

    long nextIndex(int chunk) {
        return nextIndexes[chunk];
    }

    long firstArrival(int chunk) {
        return firstArrivals[chunk];
    }

    long lastArrival(int chunk) {
        return lastArrivals[chunk];
    }

    long offset(int chunk) {
        return offsets[chunk];
    }

    int storedLength(int chunk) {
        return storedLengths[chunk];
    }

    int rawLength(int chunk) {
        return rawLengths[chunk];
    }

    int crc(int chunk) {
        return crcs[chunk];
    }

    int codec(int chunk) {
        return codecs[chunk];
    }
}
