package io.headrace.store;

import java.util.HexFormat;

/**
 * Names a shard for good: the stream's random 64-bit id (a stream deleted and created again under
 * its name gets a new one) and the shard's number in it.
 */
public record ShardKey(long streamId, int number) implements Comparable<ShardKey> {
    public ShardKey {
        if (number < 0) {
            throw new IllegalArgumentException("shard number " + number);
        }
    }

    /** The wire's name, {@code shardId-} and twelve digits. */
    public String shardId() {
        return "shardId-%012d".formatted(number);
    }

    /**
     * The prefix of every object of this shard: {@code shards/<stream id, 16 hex>/<number, 8
     * digits>/}.
     */
    public String prefix() {
        return "shards/%s/%08d/".formatted(HexFormat.of().toHexDigits(streamId), number);
    }

    @Override
    public int compareTo(ShardKey other) {
        int byStream = Long.compareUnsigned(streamId, other.streamId);
        return byStream != 0 ? byStream : Integer.compare(number, other.number);
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(streamId) + "/" + number;
    }
}
