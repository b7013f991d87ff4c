package io.headrace.router.codec;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A shard's id and sequence numbers as bytes for an answer; keeps the last arrival second's digits.
 * For one thread.
 */
public final class ShardNumbers {
    private final ShardRef shard;
    final byte[] shardId;
    private @Nullable SequenceDigits digits;

    public ShardNumbers(ShardRef shard) {
        this.shard = shard;
        this.shardId = shard.shardId().getBytes(StandardCharsets.US_ASCII);
    }

    void write(long index, long arrivalMs, WireBytes out) {
        long seconds = arrivalMs / 1000;
        var known = digits;
        if (known == null || !known.isFor(shard.createdSeconds(), shard.number(), seconds)) {
            known = new SequenceDigits(shard.createdSeconds(), shard.number(), seconds);
            digits = known;
        }
        int at = out.extend(SequenceDigits.LENGTH);
        known.write(index, out.array(), at);
    }
}
