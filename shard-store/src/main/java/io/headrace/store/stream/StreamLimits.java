package io.headrace.store.stream;

/**
 * Quotas of an account. Zero means none for the daily ones.
 *
 * @param shardsMax open shards of all streams together
 * @param consumersMax registered consumers of one stream
 * @param onDemandStreamsMax streams in on-demand mode
 * @param creatingMax streams in CREATING, or consumers of a stream in CREATING, at once
 * @param scalingsPerDay uses of UpdateShardCount on one stream
 * @param modeSwitchesPerDay uses of UpdateStreamMode on one stream
 * @param encryptionsPerDay keys applied to one stream, and as often encryption stopped
 */
public record StreamLimits(
        int shardsMax,
        int consumersMax,
        int onDemandStreamsMax,
        int creatingMax,
        int scalingsPerDay,
        int modeSwitchesPerDay,
        int encryptionsPerDay) {

    /** What Kinesis grants in its larger regions. */
    public static StreamLimits aws() {
        return new StreamLimits(20_000, 20, 50, 5, 10, 2, 25);
    }

    /**
     * Only what keeps metadata bounded in memory, and within what the answers' model allows. Twenty
     * consumers a stream, and scaling by no more than half or double, are how the API behaves, not
     * quotas.
     */
    public static StreamLimits none() {
        return new StreamLimits(100_000, 20, 1_000_000, Integer.MAX_VALUE, 0, 0, 0);
    }
}
