package io.headrace.router.streams;

import io.headrace.router.wire.RequestContext;
import io.headrace.store.stream.Streams;
import java.math.BigInteger;
import software.amazon.awssdk.services.kinesis.model.MergeShardsRequest;
import software.amazon.awssdk.services.kinesis.model.MergeShardsResponse;
import software.amazon.awssdk.services.kinesis.model.SplitShardRequest;
import software.amazon.awssdk.services.kinesis.model.SplitShardResponse;
import software.amazon.awssdk.services.kinesis.model.UpdateShardCountRequest;
import software.amazon.awssdk.services.kinesis.model.UpdateShardCountResponse;

/** Splits and merges shards on request. */
final class Resharding {
    private final Streams streams;
    private final StreamLookup lookup;

    Resharding(Streams streams, StreamLookup lookup) {
        this.streams = streams;
        this.lookup = lookup;
    }

    SplitShardResponse split(SplitShardRequest request, RequestContext context)
            throws InterruptedException {
        var name = lookup.name(request.streamName(), request.streamARN(), context);
        int shard = StreamLookup.shardNumber(name, request.shardToSplit());
        streams.split(name, shard, new BigInteger(request.newStartingHashKey()));
        return SplitShardResponse.builder().build();
    }

    MergeShardsResponse merge(MergeShardsRequest request, RequestContext context)
            throws InterruptedException {
        var name = lookup.name(request.streamName(), request.streamARN(), context);
        int shard = StreamLookup.shardNumber(name, request.shardToMerge());
        int adjacent = StreamLookup.shardNumber(name, request.adjacentShardToMerge());
        streams.merge(name, shard, adjacent);
        return MergeShardsResponse.builder().build();
    }

    UpdateShardCountResponse updateCount(UpdateShardCountRequest request, RequestContext context)
            throws InterruptedException {
        var name = lookup.name(request.streamName(), request.streamARN(), context);
        int before = streams.scale(name, request.targetShardCount());
        return UpdateShardCountResponse.builder()
                .streamName(name.name())
                .streamARN(lookup.identity().streamArn(name))
                .currentShardCount(before)
                .targetShardCount(request.targetShardCount())
                .build();
    }
}
