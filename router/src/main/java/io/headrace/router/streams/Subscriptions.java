package io.headrace.router.streams;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.Ticker;
import io.headrace.store.stream.StreamPeers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The open subscriptions: one for a consumer and shard, here or at any other node. A newer one
 * takes over, but not within five seconds of the one before. Any thread.
 */
final class Subscriptions {
    private static final long TAKE_OVER_NANOS = 5_000_000_000L;

    private final ConcurrentHashMap<Key, Entry> open = new ConcurrentHashMap<>();
    private final Ticker ticker;
    private final PushAdmission admission;
    private final StreamPeers peers;

    Subscriptions(Ticker ticker, PushAdmission admission, StreamPeers peers) {
        this.ticker = ticker;
        this.admission = admission;
        this.peers = peers;
    }

    private record Key(String consumerArn, ShardKey shard) {}

    /**
     * One that is open.
     *
     * @param isPending until no other node has anything against it
     */
    private record Entry(ShardSubscription subscription, long openedNanos, boolean isPending) {}

    /**
     * Registers a subscription until it closes, ending the one it takes over from.
     *
     * @return fails with {@link RefusedException}: RESOURCE_IN_USE if the one before is too young,
     *     LIMIT_EXCEEDED if this consumer subscribes to the shard too often
     */
    CompletableFuture<Void> register(
            String consumerArn, ShardKey shard, ShardSubscription subscription) {
        var key = new Key(consumerArn, shard);
        var entry = new Entry(subscription, ticker.nanos(), true);
        var before = new Entry[1];
        try {
            open.compute(
                    key,
                    (_, current) -> {
                        if (current != null) {
                            refuseIfYoung(key, current);
                        }
                        admission.admitSubscription(consumerArn, shard);
                        before[0] = current;
                        return entry;
                    });
        } catch (RefusedException e) {
            return CompletableFuture.failedFuture(e);
        }
        if (before[0] != null) {
            before[0].subscription().takenOver();
        }
        subscription.onClosed(() -> remove(key, subscription));
        return peers.claim(consumerArn, shard)
                .whenComplete((done, refusal) -> {
                    if (refusal != null) {
                        remove(key, subscription);
                    }
                })
                .thenRun(() -> settle(key, entry));
    }

    /** Nobody else has anything against it, unless another was first meanwhile. */
    private void settle(Key key, Entry entry) {
        if (!open.replace(
                key, entry, new Entry(entry.subscription(), entry.openedNanos(), false))) {
            throw inUse(key);
        }
    }

    /**
     * Another node wants the subscription: this one's ends, if it is old enough.
     *
     * @param isFirst whether the other goes first if both are about to open one
     * @throws RefusedException RESOURCE_IN_USE if it is too young
     */
    void claimed(String consumerArn, ShardKey shard, boolean isFirst) {
        var key = new Key(consumerArn, shard);
        var ended = new Entry[1];
        open.computeIfPresent(
                key,
                (_, current) -> {
                    if (!current.isPending()) {
                        refuseIfYoung(key, current);
                        ended[0] = current;
                    } else if (!isFirst) {
                        throw inUse(key);
                    }
                    return null;
                });
        if (ended[0] != null) {
            ended[0].subscription().takenOver();
        }
    }

    private void refuseIfYoung(Key key, Entry current) {
        if (ticker.nanos() - current.openedNanos() < TAKE_OVER_NANOS) {
            throw inUse(key);
        }
    }

    private static RefusedException inUse(Key key) {
        return new RefusedException(
                ErrorCode.RESOURCE_IN_USE,
                "Another active subscription exists for this consumer and shard: "
                        + key.consumerArn()
                        + ", "
                        + key.shard().shardId());
    }

    private void remove(Key key, ShardSubscription subscription) {
        open.computeIfPresent(
                key, (_, entry) -> entry.subscription() == subscription ? null : entry);
    }

    /** How fast a consumer is to be pushed a shard. */
    PushAdmission.Pace pace(String consumerArn, ShardKey shard) {
        return admission.pace(consumerArn, shard);
    }

    int count() {
        return open.size();
    }
}
