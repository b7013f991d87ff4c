package io.headrace.client.bench;

import io.headrace.client.clickstream.Clickstream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What the benchmark's records hold. */
enum Payload {
    /** Bytes that no codec makes smaller. */
    RANDOM,
    /** A web shop's clicks, as they are or padded by joining several to the wished size. */
    CLICKSTREAM;

    /** Not a record: its data is bytes that nobody compares. */
    private static final class Prepared implements Wire.Entry {
        private final String key;
        private final byte[] data;

        Prepared(String key, byte[] data) {
            this.key = key;
            this.data = data;
        }

        @Override
        public String key() {
            return key;
        }

        @Override
        public byte[] data() {
            return data;
        }
    }

    /** Records of a size, keys spread over all shards; the same seed gives the same records. */
    List<Wire.Entry> records(long seed, int count, int size) {
        var random = new SplittableRandom(seed);
        var clicks = new Clickstream(random.split(), Instant.parse("2026-01-01T00:00:00Z"));
        var records = new ArrayList<Wire.Entry>(count);
        for (int i = 0; i < count; i++) {
            var key = Long.toHexString(random.nextLong());
            records.add(new Prepared(key, data(random, clicks, size)));
        }
        return records;
    }

    private byte[] data(SplittableRandom random, Clickstream clicks, int size) {
        var data = new byte[size];
        switch (this) {
            case RANDOM -> random.nextBytes(data);
            case CLICKSTREAM -> {
                for (int filled = 0; filled < size; ) {
                    var text = (clicks.next().json() + "\n").getBytes(StandardCharsets.UTF_8);
                    int length = Math.min(text.length, size - filled);
                    System.arraycopy(text, 0, data, filled, length);
                    filled += length;
                }
            }
        }
        return data;
    }
}
