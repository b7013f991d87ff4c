package io.headrace.router.streams;

import io.headrace.store.stream.ShardState;
import io.headrace.store.stream.StreamName;
import io.headrace.store.stream.StreamState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.ShardFilter;

/**
 * Which shards a filter lets through, with its times made absolute, so that every page of a listing
 * is cut from the same moment.
 */
sealed interface ShardSelection {
    boolean includes(ShardState shard);

    record All() implements ShardSelection {
        @Override
        public boolean includes(ShardState shard) {
            return true;
        }
    }

    record Open() implements ShardSelection {
        @Override
        public boolean includes(ShardState shard) {
            return shard.isOpen();
        }
    }

    /** Open at a moment: these cover the key space exactly once. */
    record At(long ms) implements ShardSelection {
        @Override
        public boolean includes(ShardState shard) {
            return shard.isOpenAt(ms);
        }
    }

    /** Open at a moment or later. */
    record From(long ms) implements ShardSelection {
        @Override
        public boolean includes(ShardState shard) {
            return shard.isOpen() || shard.closedMs() >= ms;
        }
    }

    record After(int number) implements ShardSelection {
        @Override
        public boolean includes(ShardState shard) {
            return shard.number() > number;
        }
    }

    /** What a filter means for a stream now. */
    static ShardSelection of(@Nullable ShardFilter filter, StreamState stream, long nowMs) {
        if (filter == null) {
            return new All();
        }
        // What is older than the oldest kept record, or the stream, is taken for that.
        long horizon = Math.max(stream.createdMs(), nowMs - stream.options().retentionMs());
        return switch (filter.type()) {
            case AT_LATEST -> new Open();
            case AT_TRIM_HORIZON -> new At(horizon);
            case FROM_TRIM_HORIZON -> new From(horizon);
            case AT_TIMESTAMP -> new At(Math.max(horizon, timestamp(filter)));
            case FROM_TIMESTAMP -> new From(Math.max(horizon, timestamp(filter)));
            case AFTER_SHARD_ID -> new After(shard(filter, stream.name()));
            case UNKNOWN_TO_SDK_VERSION ->
                    throw StreamLookup.invalid("Unknown ShardFilter type " + filter.typeAsString());
        };
    }

    /** As a field of a token. */
    default String encoded() {
        return switch (this) {
            case All all -> "all";
            case Open open -> "open";
            case At(long ms) -> "at:" + ms;
            case From(long ms) -> "from:" + ms;
            case After(int number) -> "after:" + number;
        };
    }

    static ShardSelection decode(String encoded) {
        int colon = encoded.indexOf(':');
        var kind = colon < 0 ? encoded : encoded.substring(0, colon);
        var value = encoded.substring(colon + 1);
        return switch (kind) {
            case "all" -> new All();
            case "open" -> new Open();
            case "at" -> new At(Long.parseLong(value));
            case "from" -> new From(Long.parseLong(value));
            case "after" -> new After(Integer.parseInt(value));
            default -> throw new IllegalArgumentException("a token of ours holds " + encoded);
        };
    }

    private static long timestamp(ShardFilter filter) {
        Instant timestamp = filter.timestamp();
        if (timestamp == null) {
            throw StreamLookup.invalid(
                    "ShardFilter of type " + filter.typeAsString() + " needs a Timestamp.");
        }
        return timestamp.toEpochMilli();
    }

    private static int shard(ShardFilter filter, StreamName stream) {
        String shardId = filter.shardId();
        if (shardId == null) {
            throw StreamLookup.invalid(
                    "ShardFilter of type " + filter.typeAsString() + " needs a ShardId.");
        }
        return StreamLookup.shardNumber(stream, shardId);
    }
}
