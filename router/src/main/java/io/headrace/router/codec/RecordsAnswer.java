package io.headrace.router.codec;

import io.headrace.store.shard.ReadResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What goes back besides the records: GetRecords uses {@code nextToken} as NextShardIterator,
 * SubscribeToShard as ContinuationSequenceNumber; null at the end of a shard. Empty {@code
 * children} are left out.
 */
public record RecordsAnswer(
        ShardRef shard,
        List<ReadResult.Slice> slices,
        @Nullable String nextToken,
        long millisBehindLatest,
        List<ChildShardRef> children) {
    public RecordsAnswer {
        slices = List.copyOf(slices);
        children = List.copyOf(children);
    }

    int recordBytes() {
        int sum = 0;
        for (var slice : slices) {
            sum += slice.block().length();
        }
        return sum;
    }

    int recordCount() {
        int sum = 0;
        for (var slice : slices) {
            sum += (int) (slice.toIndex() - slice.fromIndex());
        }
        return sum;
    }
}
