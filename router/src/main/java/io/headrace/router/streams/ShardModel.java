package io.headrace.router.streams;

import io.headrace.store.ShardKey;
import io.headrace.store.stream.ShardState;
import java.util.List;
import software.amazon.awssdk.services.kinesis.model.HashKeyRange;
import software.amazon.awssdk.services.kinesis.model.SequenceNumberRange;
import software.amazon.awssdk.services.kinesis.model.Shard;

/** Shards as the wire shows them. */
final class ShardModel {
    private ShardModel() {}

    static String id(int number) {
        return new ShardKey(0, number).shardId();
    }

    static List<Shard> of(List<ShardState> shards) {
        return shards.stream().map(ShardModel::of).toList();
    }

    static Shard of(ShardState shard) {
        var sequence =
                SequenceNumberRange.builder()
                        .startingSequenceNumber(shard.startingNumber().toString());
        shard.endingNumber().ifPresent(ending -> sequence.endingSequenceNumber(ending.toString()));
        var model =
                Shard.builder()
                        .shardId(id(shard.number()))
                        .hashKeyRange(
                                HashKeyRange.builder()
                                        .startingHashKey(shard.range().start().toString())
                                        .endingHashKey(shard.range().end().toString())
                                        .build())
                        .sequenceNumberRange(sequence.build());
        shard.parent().ifPresent(parent -> model.parentShardId(id(parent)));
        shard.adjacentParent().ifPresent(parent -> model.adjacentParentShardId(id(parent)));
        return model.build();
    }
}
