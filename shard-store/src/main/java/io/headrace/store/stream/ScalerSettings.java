package io.headrace.store.stream;

import java.time.Duration;

/**
 * When an on-demand stream gets more or fewer shards.
 *
 * @param splitAfter how long a shard must be hot to be split
 * @param mergeAfter how long two neighbours must be cold to be merged
 * @param hotBytesPerSecond rate from which a shard is hot; half of what a shard takes
 * @param hotRecordsPerSecond as above, in records
 * @param shardsMin below this a stream is not merged
 */
public record ScalerSettings(
        Duration splitAfter,
        Duration mergeAfter,
        long hotBytesPerSecond,
        long hotRecordsPerSecond,
        int shardsMin) {
    /** As Kinesis documents it: a shard over 500 KB/s or 500 records/s for a quarter of an hour. */
    public static ScalerSettings standard() {
        return new ScalerSettings(
                Duration.ofMinutes(15),
                Duration.ofHours(24),
                500_000,
                500,
                NewStream.ON_DEMAND_SHARDS);
    }
}
