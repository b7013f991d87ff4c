package io.headrace.router.streams;

import io.headrace.router.wire.InputConstraints;
import io.headrace.router.wire.PojoCodec;
import io.headrace.router.wire.RequestContext;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.CompletionStage;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorResponse;

/** GetShardIterator: fixes a place in a shard. Any thread; never blocks. */
final class GetShardIteratorOperation {
    private final StreamLookup lookup;
    private final StreamGate gate;
    private final ShardIterators iterators;
    private final ShardPosition positions;
    private final InputConstraints constraints;
    private final ReadAdmission admission;

    GetShardIteratorOperation(
            StreamLookup lookup,
            StreamGate gate,
            ShardIterators iterators,
            ShardPosition positions,
            InputConstraints constraints,
            ReadAdmission admission) {
        this.lookup = lookup;
        this.gate = gate;
        this.iterators = iterators;
        this.positions = positions;
        this.constraints = constraints;
        this.admission = admission;
    }

    CompletionStage<Buffer> getShardIterator(byte[] body, RequestContext context) {
        var request = PojoCodec.read(context.format(), body, GetShardIteratorRequest.builder());
        constraints.check(request);
        var name = lookup.name(request.streamName(), request.streamARN(), context);
        gate.check(name, context);
        int number = StreamLookup.shardNumber(name, request.shardId());
        var stream = gate.serving(name, number);
        var shard = ShardPosition.find(stream, number);
        var start =
                new ShardPosition.Start(
                        "GetShardIterator",
                        request.shardIteratorTypeAsString(),
                        request.startingSequenceNumber(),
                        request.timestamp());
        var lookup = positions.check(stream, shard, start);
        DryRuns.refuse(body, context.format());
        // Before anybody looks: that may read from disk, and is what the quota bounds.
        admission.admitIterator(stream, number);
        return lookup.index()
                .thenApply(at ->
                        PojoCodec.write(
                                context.format(),
                                GetShardIteratorResponse.builder()
                                        .shardIterator(iterators.seal(stream, shard, at))
                                        .build()));
    }
}
