package io.headrace.client.bench;

import java.util.List;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/** A shard iterator for each open shard of the measured stream. */
final class Iterators {
    private Iterators() {}

    static List<String> of(
            KinesisClient client, BenchStream stream, String name, ShardIteratorType type) {
        return stream.openShards().stream()
                .map(shard ->
                        client.getShardIterator(request ->
                                        request.streamName(name)
                                                .shardId(shard.shardId())
                                                .shardIteratorType(type))
                                .shardIterator())
                .toList();
    }
}
