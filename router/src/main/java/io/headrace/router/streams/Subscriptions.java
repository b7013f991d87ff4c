package io.headrace.router.streams;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.Ticker;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The open subscriptions: one for a consumer and shard. A newer one takes over, but not within five
 * seconds of the one before. Any thread.
 */
final class Subscriptions {
    private static final long TAKE_OVER_NANOS = 5_000_000_000L;

    private final ConcurrentHashMap<Key, Entry> open = new ConcurrentHashMap<>();
    private final Ticker ticker;
    private final PushAdmission admission;

    Subscriptions(Ticker ticker, PushAdmission admission) {
        this.ticker = ticker;
        this.admission = admission;
    }

    private record Key(String consumerArn, ShardKey shard) {}

    private record Entry(ShardSubscription subscription, long openedNanos) {}

    /**
     * Registers a subscription until it closes, ending the one it takes over from.
     *
     * @throws RefusedException RESOURCE_IN_USE if the one before is too young, LIMIT_EXCEEDED if
     *     this consumer subscribes to the shard too often
     */
    void register(String consumerArn, ShardKey shard, ShardSubscription subscription) {
        var key = new Key(consumerArn, shard);
        var entry = new Entry(subscription, ticker.nanos());
        var before = new Entry[1];
        open.compute(
                key,
                (_, current) -> {
                    if (current != null
                            && entry.openedNanos() - current.openedNanos() < TAKE_OVER_NANOS) {
                        throw new RefusedException(
                                ErrorCode.RESOURCE_IN_USE,
                                "Another active subscription exists for this consumer and shard: "
                                        + consumerArn
                                        + ", "
                                        + shard.shardId());
                    }
                    admission.admitSubscription(consumerArn, shard);
                    before[0] = current;
                    return entry;
                });
        if (before[0] != null) {
            before[0].subscription().takenOver();
        }
        subscription.onClosed(() -> open.remove(key, entry));
    }

    /** How fast a consumer is to be pushed a shard. */
    PushAdmission.Pace pace(String consumerArn, ShardKey shard) {
        return admission.pace(consumerArn, shard);
    }

    int count() {
        return open.size();
    }
}
