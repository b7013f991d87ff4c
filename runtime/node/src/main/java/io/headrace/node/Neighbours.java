package io.headrace.node;

import io.headrace.node.admin.ClusterCalls;
import io.headrace.store.ShardStore;
import io.headrace.store.shard.Shards;
import io.headrace.store.shard.Sharing;
import io.headrace.store.stream.StreamPeers;
import java.time.Duration;
import java.util.Optional;

/** The other nodes of this one's store, as far as it knows them. */
interface Neighbours extends AutoCloseable {
    /** None: every shard is here. */
    Neighbours NONE =
            new Neighbours() {
                @Override
                public Sharing sharing() {
                    return Sharing.ALONE;
                }

                @Override
                public void tell(String prefix) {}

                @Override
                public StreamPeers peers() {
                    return StreamPeers.NONE;
                }

                @Override
                public void journalChanged(String journalId) {}

                @Override
                public Shards open(ShardStore store, MetadataWatch watch) {
                    return store.shards();
                }

                @Override
                public void ready() {}

                @Override
                public Optional<String> trouble() {
                    return Optional.empty();
                }

                @Override
                public boolean isLost() {
                    return false;
                }

                @Override
                public void drain(Duration timeMax) {}

                @Override
                public Optional<ClusterCalls> calls() {
                    return Optional.empty();
                }

                @Override
                public void close() {}
            };

    /** What the store is told of them when it opens. */
    Sharing sharing();

    /** Objects under this prefix were changed here. */
    void tell(String prefix);

    /** What they have to know of the streams served here. */
    StreamPeers peers();

    /** The store writes another journal. */
    void journalChanged(String journalId);

    /** The shards of all nodes, once those of this one can be served. */
    Shards open(ShardStore store, MetadataWatch watch);

    /** From now on this node gets its share. */
    void ready();

    /** Why requests should go elsewhere; empty if they need not. */
    Optional<String> trouble();

    /** True once only a restart helps. */
    boolean isLost();

    /** Gives this node's shards away. */
    void drain(Duration timeMax);

    /** How operators see and move shards, in a cluster. */
    Optional<ClusterCalls> calls();

    @Override
    void close();
}
