package io.headrace.store.stream;

import io.headrace.store.ShardKey;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The other nodes that serve the same streams: what each counts or admits by itself, the others
 * have to know. What is told may get lost. Any thread, never blocks.
 */
public interface StreamPeers {
    /** None. */
    StreamPeers NONE =
            new StreamPeers() {
                @Override
                public void listen(Listener listener) {}

                @Override
                public void spent(List<ShardSpend> spends) {}

                @Override
                public void loaded(List<ShardLoad> loads) {}

                @Override
                public CompletableFuture<Void> claim(String consumerArn, ShardKey shard) {
                    return CompletableFuture.completedFuture(null);
                }
            };

    /** Who is told what they tell; once. */
    void listen(Listener listener);

    /** Tells what clients took through this node of the quotas of shards. */
    void spent(List<ShardSpend> spends);

    /** Tells what was put through this node to shards of on-demand streams. */
    void loaded(List<ShardLoad> loads);

    /**
     * Asks for the one subscription of a consumer to a shard; whoever does not answer soon has
     * nothing against it.
     *
     * @return fails with {@link io.headrace.store.RefusedException} if one of them has a younger
     *     one
     */
    CompletableFuture<Void> claim(String consumerArn, ShardKey shard);

    /** Hears the others. */
    interface Listener {
        void spent(List<ShardSpend> spends);

        void loaded(List<ShardLoad> loads);

        /**
         * Another node wants the one subscription of a consumer to a shard.
         *
         * @param isFirst whether it goes first if both want it at the same time
         * @throws io.headrace.store.RefusedException RESOURCE_IN_USE if it can't have it
         */
        void claimed(String consumerArn, ShardKey shard, boolean isFirst);
    }
}
