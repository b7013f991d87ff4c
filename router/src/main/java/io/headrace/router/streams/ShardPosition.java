package io.headrace.router.streams;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.SequenceNumber;
import io.headrace.store.shard.ShardBounds;
import io.headrace.store.shard.Shards;
import io.headrace.store.stream.ShardState;
import io.headrace.store.stream.StreamName;
import io.headrace.store.stream.StreamState;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Turns the wire's five kinds of starting positions into an index in a shard, fixed at that moment.
 * Any thread; never blocks.
 */
final class ShardPosition {
    private final Shards shards;
    private final InstantSource clock;

    ShardPosition(Shards shards, InstantSource clock) {
        this.shards = shards;
        this.clock = clock;
    }

    /** What a caller asked for; absent members are null. */
    record Start(
            String operation,
            String type,
            @Nullable String sequenceNumber,
            @Nullable Instant timestamp) {}

    /** A position that is to be looked up in its shard, which may read from disk. */
    interface Lookup {
        /** Index of the first record to read. */
        CompletableFuture<Long> index();
    }

    /** Checks all that can be without a look at the shard's records. */
    Lookup check(StreamState stream, ShardState shard, Start start) {
        var key = stream.shardKey(shard.number());
        checkNumber(start);
        return switch (start.type()) {
            case "TRIM_HORIZON" -> () -> shards.bounds(key).thenApply(ShardBounds::firstIndex);
            case "LATEST" -> () -> shards.bounds(key).thenApply(ShardBounds::nextIndex);
            case "AT_TIMESTAMP" -> {
                long arrivalMs = timestamp(start);
                yield () -> shards.indexAt(key, arrivalMs);
            }
            case "AT_SEQUENCE_NUMBER" -> {
                var number = number(stream, shard, start);
                yield () ->
                        inBounds(stream, shard, start, number)
                                .thenApply(_ -> Math.max(0, number.counter() - 1));
            }
            case "AFTER_SEQUENCE_NUMBER" -> {
                var number = number(stream, shard, start);
                yield () -> inBounds(stream, shard, start, number).thenApply(_ -> number.counter());
            }
            default -> throw invalid("Unknown position type " + start.type());
        };
    }

    private static void checkNumber(Start start) {
        boolean wanted =
                switch (start.type()) {
                    case "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER" -> true;
                    default -> false;
                };
        boolean given = start.sequenceNumber() != null;
        if (wanted != given && !start.type().equals("AT_TIMESTAMP")) {
            throw invalid(
                    "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and"
                            + " StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no"
                            + " StartingSequenceNumber. Request specified "
                            + start.type()
                            + (given ? " and also a" : " and no")
                            + " StartingSequenceNumber.");
        }
    }

    private long timestamp(Start start) {
        var timestamp = start.timestamp();
        if (timestamp == null) {
            throw invalid(
                    "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP."
                            + " Current request has no timestamp parameter.");
        }
        if (timestamp.isAfter(clock.instant())) {
            throw invalid(
                    "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. "
                            + "timestampInMillis: %d, currentTimestampInMillis: %d"
                                    .formatted(timestamp.toEpochMilli(), clock.millis()));
        }
        return timestamp.toEpochMilli();
    }

    private static SequenceNumber number(StreamState stream, ShardState shard, Start start) {
        var text = start.sequenceNumber();
        if (text == null) {
            throw new IllegalStateException("was checked before");
        }
        SequenceNumber number;
        try {
            number = SequenceNumber.parse(text);
        } catch (NumberFormatException e) {
            throw unusable(stream, shard, start, text, "");
        }
        if (number.shardNumber() != shard.number()) {
            throw invalid(
                    "Invalid StartingSequenceNumber. It encodes %s, while it was used in a call to a shard with %s"
                            .formatted(
                                    ShardModel.id(number.shardNumber()),
                                    ShardModel.id(shard.number())));
        }
        if (number.shardCreatedSeconds() != shard.createdSeconds()) {
            throw unusable(stream, shard, start, text, " because it did not come from this stream");
        }
        return number;
    }

    private CompletableFuture<ShardBounds> inBounds(
            StreamState stream, ShardState shard, Start start, SequenceNumber number) {
        return shards.bounds(stream.shardKey(shard.number()))
                .thenApply(bounds -> {
                    // A closed shard's ending number is one above its last record's; in an open
                    // one that would be the next record's, which AFTER would skip.
                    long end = bounds.nextIndex() + (bounds.closed() ? 1 : 0);
                    if (number.counter() > end) {
                        throw unusable(
                                stream, shard, start, String.valueOf(start.sequenceNumber()), "");
                    }
                    return bounds;
                });
    }

    private static RefusedException unusable(
            StreamState stream, ShardState shard, Start start, String text, String why) {
        return invalid(
                "StartingSequenceNumber %s used in %s on shard shardId-%012d in stream %s under account %s is invalid%s."
                        .formatted(
                                text,
                                start.operation(),
                                shard.number(),
                                stream.name().name(),
                                stream.name().accountId(),
                                why));
    }

    /** The open or closed shard that an id names. */
    static ShardState find(StreamState stream, String shardId) {
        int number = StreamLookup.shardNumber(stream.name(), shardId);
        return find(stream, number);
    }

    static ShardState find(StreamState stream, int number) {
        return stream.shards().find(number).orElseThrow(() -> absent(stream.name(), number));
    }

    /** Said of a stream that does not exist as well. */
    static RefusedException absent(StreamName stream, int shard) {
        return new RefusedException(
                ErrorCode.RESOURCE_NOT_FOUND,
                "Shard %s in stream %s under account %s does not exist"
                        .formatted(ShardModel.id(shard), stream.name(), stream.accountId()));
    }

    private static RefusedException invalid(String message) {
        return new RefusedException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
