package io.headrace.router.streams;

import io.headrace.router.wire.EventSink;
import io.headrace.router.wire.InputConstraints;
import io.headrace.router.wire.PojoCodec;
import io.headrace.router.wire.RequestContext;
import io.headrace.store.shard.Shards;
import io.headrace.store.stream.ShardState;
import io.headrace.store.stream.StreamState;
import java.time.InstantSource;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardRequest;

/**
 * SubscribeToShard: admits a consumer and hands the connection to a {@link ShardSubscription}.
 * Never blocks.
 */
final class SubscribeToShardOperation {
    private final StreamGate gate;
    private final Subscriptions subscriptions;
    private final ShardPosition positions;
    private final Shards shards;
    private final ShardIterators iterators;
    private final InputConstraints constraints;
    private final Timers timers;
    private final StreamTraffic traffic;
    private final InstantSource clock;

    SubscribeToShardOperation(
            StreamGate gate,
            Subscriptions subscriptions,
            ShardPosition positions,
            Shards shards,
            ShardIterators iterators,
            InputConstraints constraints,
            Timers timers,
            StreamTraffic traffic,
            InstantSource clock) {
        this.gate = gate;
        this.subscriptions = subscriptions;
        this.positions = positions;
        this.shards = shards;
        this.iterators = iterators;
        this.constraints = constraints;
        this.timers = timers;
        this.traffic = traffic;
        this.clock = clock;
    }

    void subscribe(byte[] body, RequestContext context, EventSink sink) {
        var request = PojoCodec.read(context.format(), body, SubscribeToShardRequest.builder());
        constraints.check(request);
        var found = gate.admitConsumer(request.consumerARN(), context);
        var stream = found.stream();
        var shard = ShardPosition.find(stream, request.shardId());
        var from = request.startingPosition();
        var start =
                new ShardPosition.Start(
                        "SubscribeToShard",
                        from.typeAsString(),
                        from.sequenceNumber(),
                        from.timestamp());
        DryRuns.refuse(body, context.format());
        // A refusal is handed to the sink.
        var _ =
                positions
                        .check(stream, shard, start)
                        .index()
                        .whenComplete((index, refusal) ->
                                sink.execute(() -> {
                                    if (refusal != null) {
                                        sink.refuse(refusal);
                                    } else {
                                        open(gate.arn(found), context, sink, stream, shard, index);
                                    }
                                }));
    }

    private void open(
            String consumerArn,
            RequestContext context,
            EventSink sink,
            StreamState stream,
            ShardState shard,
            long index) {
        var key = stream.shardKey(shard.number());
        var subscription =
                new ShardSubscription(
                        sink,
                        context.format(),
                        shards,
                        stream,
                        shard,
                        index,
                        iterators,
                        timers,
                        subscriptions.pace(consumerArn, key),
                        traffic,
                        clock,
                        () -> {
                            var _ = gate.admitConsumer(consumerArn, context);
                        });
        var _ =
                subscriptions
                        .register(consumerArn, key, subscription)
                        .whenComplete((done, refusal) ->
                                sink.execute(() -> {
                                    if (refusal != null) {
                                        sink.refuse(refusal);
                                    } else {
                                        subscription.start();
                                    }
                                }));
    }
}
