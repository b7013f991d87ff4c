package io.headrace.router.streams;

import io.headrace.router.wire.OperationTable;
import io.headrace.router.wire.ServiceConstraints;
import io.headrace.store.ShardKey;
import io.headrace.store.Ticker;
import io.headrace.store.shard.Shards;
import io.headrace.store.stream.ShardLoad;
import io.headrace.store.stream.ShardSpend;
import io.headrace.store.stream.StreamCatalog;
import io.headrace.store.stream.StreamPeers;
import java.time.InstantSource;
import java.util.List;

/** The operations on records: from wire bytes to blocks and back. */
public final class DataOperations {
    private final PutOperations puts;
    private final GetShardIteratorOperation iterator;
    private final GetRecordsOperation records;
    private final SubscribeToShardOperation subscribe;
    private final Subscriptions subscriptions;

    public DataOperations(
            StreamLookup lookup,
            StreamAccess access,
            StreamCatalog catalog,
            Shards shards,
            StreamTokens tokens,
            ServiceConstraints constraints,
            StreamQuotas quotas,
            StreamPeers peers,
            Timers timers,
            StreamTraffic traffic,
            InstantSource clock,
            Ticker ticker) {
        var gate = new StreamGate(lookup, access);
        var iterators = new ShardIterators(tokens, catalog, clock);
        var positions = new ShardPosition(shards, clock);
        puts =
                new PutOperations(
                        gate,
                        catalog,
                        shards,
                        new PutChecks(constraints),
                        quotas.writes(),
                        traffic,
                        clock);
        iterator =
                new GetShardIteratorOperation(
                        lookup,
                        gate,
                        iterators,
                        positions,
                        constraints.operation("GetShardIterator"),
                        quotas.reads());
        records =
                new GetRecordsOperation(
                        lookup,
                        gate,
                        iterators,
                        shards,
                        constraints.operation("GetRecords"),
                        quotas.reads(),
                        traffic,
                        clock);
        subscriptions = new Subscriptions(ticker, quotas.pushes(), peers);
        peers.listen(listener(quotas, subscriptions));
        subscribe =
                new SubscribeToShardOperation(
                        gate,
                        subscriptions,
                        positions,
                        shards,
                        iterators,
                        constraints.operation("SubscribeToShard"),
                        timers,
                        traffic,
                        clock);
    }

    private static StreamPeers.Listener listener(StreamQuotas quotas, Subscriptions subscriptions) {
        return new StreamPeers.Listener() {
            @Override
            public void spent(List<ShardSpend> spends) {
                quotas.heard(spends);
            }

            @Override
            public void loaded(List<ShardLoad> loads) {
                quotas.heardLoads(loads);
            }

            @Override
            public void claimed(String consumerArn, ShardKey shard, boolean isFirst) {
                subscriptions.claimed(consumerArn, shard, isFirst);
            }
        };
    }

    /** Open SubscribeToShard calls. */
    public int subscriptions() {
        return subscriptions.count();
    }

    /** Adds every operation to a service of the table. */
    public void addTo(OperationTable.Service service) {
        service.bytes("PutRecord", puts::putRecord)
                .bytes("PutRecords", puts::putRecords)
                .bytes(
                        "GetShardIterator",
                        (body, context) -> iterator.getShardIterator(body.bytes(), context))
                .bytes("GetRecords", (body, context) -> records.getRecords(body.bytes(), context))
                .eventStream("SubscribeToShard", subscribe::subscribe);
    }
}
