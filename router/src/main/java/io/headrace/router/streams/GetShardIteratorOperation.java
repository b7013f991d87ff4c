package io.headrace.router.streams;

import io.headrace.router.wire.RequestContext;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorResponse;

/** GetShardIterator: fixes a place in a shard. On virtual threads. */
final class GetShardIteratorOperation {
    private final StreamGate gate;
    private final ShardIterators iterators;
    private final ShardPosition positions;

    GetShardIteratorOperation(
            StreamGate gate, ShardIterators iterators, ShardPosition positions) {
        this.gate = gate;
        this.iterators = iterators;
        this.positions = positions;
    }

    GetShardIteratorResponse getShardIterator(
            GetShardIteratorRequest request, RequestContext context) throws InterruptedException {
        var stream =
                gate.admit("GetShardIterator", request.streamName(), request.streamARN(), context);
        var shard = ShardPosition.find(stream, request.shardId());
        var start =
                new ShardPosition.Start(
                        "GetShardIterator",
                        request.shardIteratorTypeAsString(),
                        request.startingSequenceNumber(),
                        request.timestamp());
        long index = await(positions.resolve(stream, shard, start));
        if (Boolean.TRUE.equals(request.dryRun())) {
            throw new RefusedException(
                    ErrorCode.DRY_RUN, "The request would have succeeded, but DryRun is set.");
        }
        return GetShardIteratorResponse.builder()
                .shardIterator(iterators.seal(stream, shard, index))
                .build();
    }

    private static long await(CompletableFuture<Long> index)
            throws InterruptedException {
        try {
            return index.get();
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        }
    }
}
