package io.headrace.router.streams;

import io.headrace.store.ShardKey;
import io.headrace.store.shard.ReadResult;

/**
 * Asked about the subscription of a consumer to a shard: how often it may be made, and how fast it
 * may be served. Any thread.
 */
interface PushAdmission {
    /**
     * Lets a call of SubscribeToShard through.
     *
     * @throws io.headrace.store.RefusedException LIMIT_EXCEEDED over the quota
     */
    void admitSubscription(String consumerArn, ShardKey shard);

    /** What holds the pushing back. */
    Pace pace(String consumerArn, ShardKey shard);

    /** How fast one consumer is pushed one shard. */
    interface Pace {
        /** Nanoseconds to wait before the next event; 0 for none. */
        long waitNanos();

        /** Counts what was pushed. */
        void pushed(ReadResult result);

        /** As fast as it goes. */
        Pace UNLIMITED =
                new Pace() {
                    @Override
                    public long waitNanos() {
                        return 0;
                    }

                    @Override
                    public void pushed(ReadResult result) {}
                };
    }

    /** Lets everything through. */
    PushAdmission UNLIMITED =
            new PushAdmission() {
                @Override
                public void admitSubscription(String consumerArn, ShardKey shard) {}

                @Override
                public Pace pace(String consumerArn, ShardKey shard) {
                    return Pace.UNLIMITED;
                }
            };
}
