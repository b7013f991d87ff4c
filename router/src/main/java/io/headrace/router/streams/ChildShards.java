package io.headrace.router.streams;

import io.headrace.router.codec.ChildShardRef;
import io.headrace.store.ShardKey;
import io.headrace.store.stream.ShardState;
import io.headrace.store.stream.StreamState;
import java.util.ArrayList;
import java.util.List;

/** What readers at the end of a shard are told of the shards that go on. */
final class ChildShards {
    private ChildShards() {}

    static List<ChildShardRef> of(StreamState stream, int parent) {
        return stream.shards().children(parent).stream().map(child -> ref(stream, child)).toList();
    }

    private static ChildShardRef ref(StreamState stream, ShardState child) {
        var parents = new ArrayList<String>(2);
        child.parent().ifPresent(number -> parents.add(shardId(stream, number)));
        child.adjacentParent().ifPresent(number -> parents.add(shardId(stream, number)));
        return new ChildShardRef(
                shardId(stream, child.number()),
                parents,
                child.range().start().toString(),
                child.range().end().toString());
    }

    private static String shardId(StreamState stream, int number) {
        return new ShardKey(stream.id(), number).shardId();
    }
}
