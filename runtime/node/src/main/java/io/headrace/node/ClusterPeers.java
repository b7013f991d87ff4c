package io.headrace.node;

import io.headrace.cluster.StreamNews;
import io.headrace.router.streams.StreamPeers;
import io.headrace.store.ShardKey;
import io.headrace.store.stream.ShardLoad;
import io.headrace.store.stream.ShardSpend;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The other nodes of the cluster, as the operations see them. */
record ClusterPeers(StreamNews news) implements StreamPeers {
    @Override
    public void listen(Listener listener) {
        news.listen(
                new StreamNews.Listener() {
                    @Override
                    public void spent(List<ShardSpend> spends) {
                        listener.spent(spends);
                    }

                    @Override
                    public void loaded(List<ShardLoad> loads) {
                        listener.loaded(loads);
                    }

                    @Override
                    public void claimed(String consumerArn, ShardKey shard, boolean isFirst) {
                        listener.claimed(consumerArn, shard, isFirst);
                    }
                });
    }

    @Override
    public void spent(List<ShardSpend> spends) {
        news.spent(spends);
    }

    @Override
    public void loaded(List<ShardLoad> loads) {
        news.loaded(loads);
    }

    @Override
    public CompletableFuture<Void> claim(String consumerArn, ShardKey shard) {
        return news.claim(consumerArn, shard);
    }
}
