package io.headrace.router.streams;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.Ticker;
import io.headrace.store.shard.ReadResult;

/**
 * The documented quotas of a consumer on a shard: one call of SubscribeToShard a second, and 2
 * MiB/s. The bytes are counted from one subscription to the next. Any thread.
 */
final class PushRates implements PushAdmission {
    private static final int CALLS = 1;
    private static final double BYTES = 2 << 20;

    private final TokenBuckets<Key> calls;
    private final TokenBuckets<Key> bytes;

    PushRates(Ticker ticker) {
        calls = new TokenBuckets<>(ticker);
        bytes = new TokenBuckets<>(ticker);
    }

    private record Key(String consumerArn, ShardKey shard) {}

    @Override
    public void admitSubscription(String consumerArn, ShardKey shard) {
        if (!calls.take(new Key(consumerArn, shard), CALLS)) {
            throw new RefusedException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "Rate exceeded for consumer %s and shard %s."
                            .formatted(consumerArn, shard.shardId()));
        }
    }

    @Override
    public Pace pace(String consumerArn, ShardKey shard) {
        var key = new Key(consumerArn, shard);
        return new Pace() {
            @Override
            public long waitNanos() {
                return bytes.owedNanos(key, BYTES);
            }

            @Override
            public void pushed(ReadResult result) {
                bytes.spend(key, BYTES, (double) ShardRates.bytes(result));
            }
        };
    }
}
