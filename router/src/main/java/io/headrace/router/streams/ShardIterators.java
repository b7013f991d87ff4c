package io.headrace.router.streams;

import io.headrace.router.codec.ChildShardRef;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.stream.ShardState;
import io.headrace.store.stream.StreamCatalog;
import io.headrace.store.stream.StreamState;
import java.util.List;

/**
 * Shard iterators: sealed tokens of a stream's id, a shard's number and an index in it, good for
 * five minutes and any number of uses. Any thread.
 */
final class ShardIterators {
    static final long EXPIRES_MS = 300_000;
    private static final String KIND = "iterator";

    private final StreamTokens tokens;
    private final StreamCatalog catalog;

    ShardIterators(StreamTokens tokens, StreamCatalog catalog) {
        this.tokens = tokens;
        this.catalog = catalog;
    }

    /** Where an iterator stands. */
    record Place(StreamState stream, ShardState shard, long index) {}

    String seal(StreamState stream, ShardState shard, long index) {
        return tokens.seal(
                KIND,
                Long.toHexString(stream.id()),
                Integer.toString(shard.number()),
                Long.toString(index));
    }

    Place open(String token) {
        var fields = tokens.open(KIND, token);
        long id = Long.parseUnsignedLong(fields.get(0), 16);
        int number = Integer.parseInt(fields.get(1));
        long index = Long.parseLong(fields.get(2));
        var stream =
                catalog.findById(id)
                        .orElseThrow(() ->
                                new RefusedException(
                                        ErrorCode.RESOURCE_NOT_FOUND,
                                        "The stream of this shard iterator no longer exists."));
        var shard =
                stream.shards()
                        .find(number)
                        .orElseThrow(() ->
                                new RefusedException(
                                        ErrorCode.RESOURCE_NOT_FOUND,
                                        "Shard shardId-%012d in stream %s under account %s does not exist"
                                                .formatted(
                                                        number,
                                                        stream.name().name(),
                                                        stream.name().accountId())));
        return new Place(stream, shard, index);
    }

    /** The children of a shard at its end, as the stream is now. */
    List<ChildShardRef> childrenOf(StreamState stream, int parent) {
        return ChildShards.of(catalog.findById(stream.id()).orElse(stream), parent);
    }
}
