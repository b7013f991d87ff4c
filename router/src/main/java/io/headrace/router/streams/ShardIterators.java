package io.headrace.router.streams;

import io.headrace.router.codec.ChildShardRef;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.stream.ShardState;
import io.headrace.store.stream.StreamCatalog;
import io.headrace.store.stream.StreamName;
import io.headrace.store.stream.StreamState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * Shard iterators: sealed tokens of a stream's id, a shard's number and an index in it, good for
 * five minutes and any number of uses. Any thread.
 */
final class ShardIterators {
    private static final Duration LIFE = Duration.ofMinutes(5);
    private static final String KIND = "iterator";

    /** As AWS writes times in its messages: Thu Jan 22 01:22:02 UTC 2015. */
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("EEE MMM dd HH:mm:ss zzz yyyy", Locale.ROOT)
                    .withZone(ZoneId.of("UTC"));

    private final StreamTokens tokens;
    private final StreamCatalog catalog;
    private final InstantSource clock;

    ShardIterators(StreamTokens tokens, StreamCatalog catalog, InstantSource clock) {
        this.tokens = tokens;
        this.catalog = catalog;
        this.clock = clock;
    }

    /** What an iterator says; of the stream and shard it names either may be gone. */
    record Sealed(StreamName stream, long streamId, int shard, long index) {}

    /** Where an iterator stands. */
    record Place(StreamState stream, ShardState shard, long index) {}

    String seal(StreamState stream, ShardState shard, long index) {
        return tokens.sealPadded(
                KIND,
                bytes(stream.name()),
                List.of(
                        Long.toHexString(stream.id()),
                        Integer.toString(shard.number()),
                        Long.toString(index),
                        stream.name().accountId(),
                        stream.name().name()));
    }

    /** As long as those of AWS, and longer than our fields at their longest. */
    private static int bytes(StreamName stream) {
        return 152 + (stream.name().length() + 2) / 16 * 16;
    }

    Sealed open(String given) {
        // Kinesis takes them in quotes too, as they stand in the JSON that some callers paste.
        boolean quoted = given.length() > 1 && given.startsWith("\"") && given.endsWith("\"");
        var token = quoted ? given.substring(1, given.length() - 1) : given;
        var fields =
                switch (tokens.open(KIND, token, LIFE)) {
                    case StreamTokens.Opened.Valid valid -> valid.fields();
                    case StreamTokens.Opened.Expired expired -> throw expired(expired.sealedAtMs());
                    case StreamTokens.Opened.Forged() ->
                            throw new RefusedException(
                                    ErrorCode.INVALID_ARGUMENT, "Invalid ShardIterator.");
                };
        return new Sealed(
                new StreamName(fields.get(3), fields.get(4)),
                Long.parseUnsignedLong(fields.get(0), 16),
                Integer.parseInt(fields.get(1)),
                Long.parseLong(fields.get(2)));
    }

    /** The place in this stream, unless the iterator is of an earlier one of its name. */
    static Place place(Sealed iterator, StreamState stream) {
        if (stream.id() != iterator.streamId()) {
            throw ShardPosition.absent(stream.name(), iterator.shard());
        }
        var shard = ShardPosition.find(stream, iterator.shard());
        return new Place(stream, shard, iterator.index());
    }

    private RefusedException expired(long sealedAtMs) {
        return new RefusedException(
                ErrorCode.EXPIRED_ITERATOR,
                "Iterator expired. The iterator was created at time %s while right now it is %s which is further in the future than the tolerated delay of %d milliseconds."
                        .formatted(
                                TIME.format(Instant.ofEpochMilli(sealedAtMs)),
                                TIME.format(clock.instant()),
                                LIFE.toMillis()));
    }

    /** The children of a shard at its end, as the stream is now. */
    List<ChildShardRef> childrenOf(StreamState stream, int parent) {
        return ChildShards.of(catalog.findById(stream.id()).orElse(stream), parent);
    }
}
