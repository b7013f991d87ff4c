package io.headrace.router.streams;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.Ticker;
import io.headrace.store.stream.StreamName;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How often the operations of the control plane may be called, by the Developer Guide's page
 * "Quotas and limits", and UpdateShardCount by its own; where the API reference says otherwise the
 * page goes first. What neither tells is not bounded. Any thread.
 */
final class CallRates implements CallAdmission {
    /** Calls a second of each account. */
    private static final Map<String, Integer> OF_ACCOUNT =
            Map.ofEntries(
                    Map.entry("AddTagsToStream", 5),
                    Map.entry("CreateStream", 5),
                    Map.entry("DeleteResourcePolicy", 5),
                    Map.entry("DeleteStream", 5),
                    Map.entry("DescribeAccountSettings", 5),
                    Map.entry("DescribeLimits", 1),
                    Map.entry("DescribeStream", 10),
                    Map.entry("DescribeStreamSummary", 20),
                    Map.entry("GetResourcePolicy", 5),
                    Map.entry("ListStreams", 5),
                    Map.entry("PutResourcePolicy", 5),
                    Map.entry("UpdateAccountSettings", 5),
                    Map.entry("UpdateStreamWarmThroughput", 5));

    /** Calls a second for each stream. */
    private static final Map<String, Integer> OF_STREAM =
            Map.ofEntries(
                    Map.entry("DecreaseStreamRetentionPeriod", 5),
                    Map.entry("DeregisterStreamConsumer", 5),
                    Map.entry("DescribeStreamConsumer", 20),
                    Map.entry("DisableEnhancedMonitoring", 5),
                    Map.entry("EnableEnhancedMonitoring", 5),
                    Map.entry("IncreaseStreamRetentionPeriod", 5),
                    Map.entry("ListShards", 1_000),
                    Map.entry("ListStreamConsumers", 5),
                    Map.entry("ListTagsForStream", 5),
                    Map.entry("MergeShards", 5),
                    Map.entry("RegisterStreamConsumer", 5),
                    Map.entry("RemoveTagsFromStream", 5),
                    Map.entry("SplitShard", 5),
                    Map.entry("UpdateShardCount", 10));

    private final TokenBuckets<Key> buckets;

    CallRates(Ticker ticker) {
        buckets = new TokenBuckets<>(ticker);
    }

    /** The stream's name is empty where it does not count. */
    private record Key(String operation, String account, String stream) {}

    @Override
    public Admitted admitCall(String operation, String account, @Nullable StreamName stream) {
        var ofStream = OF_STREAM.get(operation);
        var rate = ofStream == null ? OF_ACCOUNT.get(operation) : ofStream;
        if (rate == null) {
            return () -> {};
        }
        var key =
                ofStream != null && stream != null
                        ? new Key(operation, stream.accountId(), stream.name())
                        : new Key(operation, account, "");
        if (!buckets.take(key, rate)) {
            throw new RefusedException(
                    ErrorCode.LIMIT_EXCEEDED,
                    stream == null
                            ? "Rate exceeded for account %s.".formatted(account)
                            : "Rate exceeded for stream %s under account %s."
                                    .formatted(stream.name(), stream.accountId()));
        }
        return () -> buckets.putBack(key);
    }
}
