package io.headrace.router.streams;

import io.headrace.router.codec.ChildShardRef;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.stream.ShardState;
import io.headrace.store.stream.StreamCatalog;
import io.headrace.store.stream.StreamState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * Shard iterators: sealed tokens of a stream's id, a shard's number and an index in it, good for
 * five minutes and any number of uses. Any thread.
 */
final class ShardIterators {
    private static final Duration LIFE = Duration.ofMinutes(5);
    private static final String KIND = "iterator";

    private final StreamTokens tokens;
    private final StreamCatalog catalog;
    private final InstantSource clock;

    ShardIterators(StreamTokens tokens, StreamCatalog catalog, InstantSource clock) {
        this.tokens = tokens;
        this.catalog = catalog;
        this.clock = clock;
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
        var fields =
                switch (tokens.open(KIND, token, LIFE)) {
                    case StreamTokens.Opened.Valid valid -> valid.fields();
                    case StreamTokens.Opened.Expired expired -> throw expired(expired.sealedAtMs());
                    case StreamTokens.Opened.Forged() ->
                            throw new RefusedException(
                                    ErrorCode.INVALID_ARGUMENT, "Invalid ShardIterator.");
                };
        long id = Long.parseUnsignedLong(fields.get(0), 16);
        int number = Integer.parseInt(fields.get(1));
        long index = Long.parseLong(fields.get(2));
        var stream = catalog.findById(id).orElseThrow(() -> gone("The stream"));
        var shard = stream.shards().find(number).orElseThrow(() -> gone("The shard"));
        return new Place(stream, shard, index);
    }

    private static RefusedException gone(String what) {
        return new RefusedException(
                ErrorCode.RESOURCE_NOT_FOUND, what + " of this shard iterator no longer exists.");
    }

    private RefusedException expired(long sealedAtMs) {
        return new RefusedException(
                ErrorCode.EXPIRED_ITERATOR,
                "Iterator expired. The iterator was created at time %s while right now it is %s which is further in the future than the tolerated delay of %d milliseconds."
                        .formatted(
                                Instant.ofEpochMilli(sealedAtMs),
                                clock.instant(),
                                LIFE.toMillis()));
    }

    /** The children of a shard at its end, as the stream is now. */
    List<ChildShardRef> childrenOf(StreamState stream, int parent) {
        return ChildShards.of(catalog.findById(stream.id()).orElse(stream), parent);
    }
}
