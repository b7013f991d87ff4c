package io.headrace.store.stream;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;

/** Holds what accounts have against what they may have. Reads memory only; any thread. */
public final class Quotas {
    private final StreamCatalog catalog;
    private final String region;
    private final StreamLimits limits;

    Quotas(StreamCatalog catalog, String region, StreamLimits limits) {
        this.catalog = catalog;
        this.region = region;
        this.limits = limits;
    }

    public StreamLimits limits() {
        return limits;
    }

    /** Open shards of all of an account's streams. */
    public int openShards(String accountId) {
        return catalog.list(accountId).stream().mapToInt(state -> state.shards().openCount()).sum();
    }

    /** How many open shards an account may still add. */
    long room(String accountId) {
        return Math.max(0, (long) limits.shardsMax() - openShards(accountId));
    }

    /** Streams of an account in on-demand mode. */
    public int onDemandStreams(String accountId) {
        return (int)
                catalog.list(accountId).stream()
                        .filter(state -> state.options().mode() == StreamMode.ON_DEMAND)
                        .count();
    }

    void checkScaling(StreamState state, int open, int target, long now) {
        if (target > open * 2L) {
            throw new RefusedException(
                    ErrorCode.LIMIT_EXCEEDED,
                    ("UpdateShardCount cannot scale up over double your current open shard count."
                                    + " Current open shard count: %d, Target shard count: %d")
                            .formatted(open, target));
        }
        if (target * 2L < open) {
            throw new RefusedException(
                    ErrorCode.LIMIT_EXCEEDED,
                    ("UpdateShardCount cannot scale down below half your current open shard count."
                                    + " Current open shard count: %d, Target shard count: %d")
                            .formatted(open, target));
        }
        if (limits.scalingsPerDay() > 0
                && ChangeLog.inLastDay(state.changes().scalingsMs(), now)
                        >= limits.scalingsPerDay()) {
            throw new RefusedException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "%s has been scaled %d times in the last 24 hours."
                            .formatted(state.name().described(), limits.scalingsPerDay()));
        }
    }

    void checkCreating(String accountId) {
        long creating =
                catalog.list(accountId).stream()
                        .filter(state -> state.status() == StreamStatus.CREATING)
                        .count();
        if (creating >= limits.creatingMax()) {
            throw new RefusedException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "Limit for simultaneous streams in CREATING state exceeded: "
                            + limits.creatingMax());
        }
    }

    void checkOnDemand(String accountId, StreamMode mode) {
        if (mode == StreamMode.ON_DEMAND
                && onDemandStreams(accountId) >= limits.onDemandStreamsMax()) {
            throw new RefusedException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "This request would exceed the on-demand stream limit for the account %s: %d"
                            .formatted(accountId, limits.onDemandStreamsMax()));
        }
    }

    void checkShards(String accountId, int additional) {
        int open = openShards(accountId);
        if (additional > 0 && (long) open + additional > limits.shardsMax()) {
            throw new RefusedException(
                    ErrorCode.LIMIT_EXCEEDED,
                    ("This request would exceed the shard limit for the account %s in %s. Current"
                                    + " shard count for the account: %d. Limit: %d. Number of"
                                    + " additional shards that would have resulted from this"
                                    + " request: %d. Refer to the AWS Service Limits page"
                                    + " (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html)"
                                    + " for current limits and how to request higher limits.")
                            .formatted(accountId, region, open, limits.shardsMax(), additional));
        }
    }

    void checkEncryption(StreamState state, Encryption wanted, long now) {
        var made =
                switch (wanted) {
                    case Encryption.Kms _ -> state.changes().encryptionsMs();
                    case Encryption.None() -> state.changes().decryptionsMs();
                };
        if (limits.encryptionsPerDay() > 0
                && ChangeLog.inLastDay(made, now) >= limits.encryptionsPerDay()) {
            throw new RefusedException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "%s has had its encryption %s %d times in the last 24 hours."
                            .formatted(
                                    state.name().described(),
                                    wanted instanceof Encryption.Kms ? "started" : "stopped",
                                    limits.encryptionsPerDay()));
        }
    }

    void checkModeSwitch(StreamState state, long now) {
        if (limits.modeSwitchesPerDay() > 0
                && ChangeLog.inLastDay(state.changes().modeSwitchesMs(), now)
                        >= limits.modeSwitchesPerDay()) {
            throw new RefusedException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "%s has switched its capacity mode %d times in the last 24 hours."
                            .formatted(state.name().described(), limits.modeSwitchesPerDay()));
        }
    }
}
