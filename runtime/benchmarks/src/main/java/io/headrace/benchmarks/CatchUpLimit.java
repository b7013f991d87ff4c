package io.headrace.benchmarks;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/**
 * What a replay cannot do without: the zstd chunks of all segments below a directory decoded, and
 * their records encoded for the wire, on as many threads as the machine has, with nothing checked,
 * indexed or sent. Reads the segments into memory before. The layout is the one of the store's
 * {@code SegmentFormat} and {@code Block}. Arguments: directory, JSON or CBOR, rounds.
 */
public final class CatchUpLimit {
    private static final int FOOTER_BYTES = 64;
    private static final int ENTRY_BYTES = 56;
    private static final int BLOCK_HEADER_BYTES = 72;
    private static final byte[] MAGIC = "HRSEGMT".getBytes(StandardCharsets.US_ASCII);

    private final boolean json;
    private final byte[] out = new byte[1 << 20];
    private byte[] raw = new byte[1 << 20];
    private long records;
    private long dataBytes;
    private long rawBytes;
    private long storedBytes;

    private CatchUpLimit(boolean json) {
        this.json = json;
    }

    /** Prints records a second of each round, and how well the data compresses. */
    public static void main(String[] args) throws Exception {
        var segments = load(Path.of(args[0]));
        boolean json = args[1].equalsIgnoreCase("JSON");
        int threads = Runtime.getRuntime().availableProcessors();
        try (var executor = Executors.newFixedThreadPool(threads)) {
            for (int round = 0; round < Integer.parseInt(args[2]); round++) {
                long begin = System.nanoTime();
                double cpuBefore = cpuSeconds();
                var parts = new ArrayList<Callable<CatchUpLimit>>();
                for (int thread = 0; thread < threads; thread++) {
                    int first = thread;
                    parts.add(() -> decode(segments, first, threads, json));
                }
                long records = 0;
                long data = 0;
                long raw = 0;
                long stored = 0;
                for (var part : executor.invokeAll(parts)) {
                    records += part.get().records;
                    data += part.get().dataBytes;
                    raw += part.get().rawBytes;
                    stored += part.get().storedBytes;
                }
                double seconds = (System.nanoTime() - begin) / 1e9;
                System.out.printf(
                        "{\"mode\":\"catch-up limit\",\"protocol\":\"%s\",\"threads\":%d,\"records\":%d,"
                                + "\"recordsPerSecond\":%.0f,\"megabytesPerSecond\":%.1f,"
                                + "\"cpuSecondsPerMillionRecords\":%.3f,\"codec\":\"zstd\",\"ratio\":%.2f}%n",
                        json ? "json" : "cbor",
                        threads,
                        records,
                        records / seconds,
                        data / 1e6 / seconds,
                        (cpuSeconds() - cpuBefore) * 1e6 / records,
                        (double) raw / stored);
            }
        }
    }

    private static double cpuSeconds() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(cpu -> cpu.toNanos() / 1e9)
                .orElse(0.0);
    }

    private static List<byte[]> load(Path directory) throws IOException {
        var segments = new ArrayList<byte[]>();
        try (var files = Files.walk(directory)) {
            for (var file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                if (file.getFileName().toString().endsWith(".journal")) {
                    continue;
                }
                var bytes = Files.readAllBytes(file);
                if (isSegment(bytes)) {
                    segments.add(bytes);
                }
            }
        }
        if (segments.isEmpty()) {
            throw new IOException("no segments below " + directory);
        }
        return segments;
    }

    private static boolean isSegment(byte[] bytes) {
        if (bytes.length < FOOTER_BYTES) {
            return false;
        }
        for (int i = 0; i < MAGIC.length; i++) {
            if (bytes[bytes.length - MAGIC.length + i] != MAGIC[i]) {
                return false;
            }
        }
        return true;
    }

    private static CatchUpLimit decode(List<byte[]> segments, int first, int step, boolean json) {
        var limit = new CatchUpLimit(json);
        for (int i = first; i < segments.size(); i += step) {
            limit.decodeSegment(segments.get(i));
        }
        return limit;
    }

    private void decodeSegment(byte[] segment) {
        var bytes = ByteBuffer.wrap(segment);
        int footer = segment.length - FOOTER_BYTES;
        int index = (int) bytes.getLong(footer);
        int chunks = bytes.getInt(footer + 8);
        for (int chunk = 0; chunk < chunks; chunk++) {
            int entry = index + chunk * ENTRY_BYTES;
            int offset = (int) bytes.getLong(entry + 32);
            int stored = bytes.getInt(entry + 40);
            int length = bytes.getInt(entry + 44);
            storedBytes += stored;
            rawBytes += length;
            if (bytes.get(entry + 52) == 0) {
                encodeBlocks(segment, offset, length);
            } else {
                if (raw.length < length) {
                    raw = new byte[length];
                }
                Zstd.decompressByteArray(raw, 0, length, segment, offset, stored);
                encodeBlocks(raw, 0, length);
            }
        }
    }

    private void encodeBlocks(byte[] chunk, int offset, int length) {
        var bytes = ByteBuffer.wrap(chunk);
        for (int block = offset; block < offset + length; block += bytes.getInt(block + 12)) {
            int count = bytes.getInt(block + 28);
            int at = block + BLOCK_HEADER_BYTES;
            int written = 0;
            for (int i = 0; i < count; i++) {
                int size = bytes.getInt(at);
                int key = bytes.getShort(at + 4) & 0xffff;
                int data = size - 2 - key;
                if (written + 2 * size > out.length) {
                    written = 0;
                }
                System.arraycopy(chunk, at + 6, out, written, key);
                written += key;
                written += encode(chunk, at + 6 + key, data, written);
                at += 4 + size;
                dataBytes += data;
            }
            records += count;
        }
    }

    private int encode(byte[] chunk, int offset, int length, int to) {
        if (!json) {
            System.arraycopy(chunk, offset, out, to, length);
            return length;
        }
        var text = Base64.getEncoder().encode(ByteBuffer.wrap(chunk, offset, length));
        text.get(out, to, text.limit());
        return text.limit();
    }
}
