package io.headrace.router.streams;

import io.headrace.router.wire.RequestContext;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.stream.AccountCatalog;
import io.headrace.store.stream.AccountSettings;
import io.headrace.store.stream.Streams;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import software.amazon.awssdk.services.kinesis.model.DescribeAccountSettingsRequest;
import software.amazon.awssdk.services.kinesis.model.DescribeAccountSettingsResponse;
import software.amazon.awssdk.services.kinesis.model.DescribeLimitsRequest;
import software.amazon.awssdk.services.kinesis.model.DescribeLimitsResponse;
import software.amazon.awssdk.services.kinesis.model.MinimumThroughputBillingCommitmentInputStatus;
import software.amazon.awssdk.services.kinesis.model.MinimumThroughputBillingCommitmentOutput;
import software.amazon.awssdk.services.kinesis.model.MinimumThroughputBillingCommitmentOutputStatus;
import software.amazon.awssdk.services.kinesis.model.UpdateAccountSettingsRequest;
import software.amazon.awssdk.services.kinesis.model.UpdateAccountSettingsResponse;

/** An account's limits and settings. */
final class Account {
    private static final Duration COMMITMENT = Duration.ofHours(24);

    private final Streams streams;
    private final AccountCatalog accounts;
    private final InstantSource clock;

    Account(Streams streams, AccountCatalog accounts, InstantSource clock) {
        this.streams = streams;
        this.accounts = accounts;
        this.clock = clock;
    }

    DescribeLimitsResponse describeLimits(DescribeLimitsRequest request, RequestContext context) {
        var account = context.caller().accountId();
        var quotas = streams.quotas();
        return DescribeLimitsResponse.builder()
                .shardLimit(quotas.limits().shardsMax())
                .openShardCount(quotas.openShards(account))
                .onDemandStreamCount(quotas.onDemandStreams(account))
                .onDemandStreamCountLimit(quotas.limits().onDemandStreamsMax())
                .build();
    }

    DescribeAccountSettingsResponse describeSettings(
            DescribeAccountSettingsRequest request, RequestContext context) {
        return DescribeAccountSettingsResponse.builder()
                .minimumThroughputBillingCommitment(
                        model(accounts.get(context.caller().accountId())))
                .build();
    }

    UpdateAccountSettingsResponse updateSettings(
            UpdateAccountSettingsRequest request, RequestContext context) {
        boolean commit =
                request.minimumThroughputBillingCommitment().status()
                        == MinimumThroughputBillingCommitmentInputStatus.ENABLED;
        long now = clock.millis();
        var after =
                accounts.change(
                        context.caller().accountId(),
                        before -> {
                            if (before.committed() == commit) {
                                return before;
                            }
                            if (commit) {
                                return new AccountSettings(true, now, 0);
                            }
                            var end = earliestEnd(before);
                            if (now < end.toEpochMilli()) {
                                throw new RefusedException(
                                        ErrorCode.VALIDATION,
                                        "The commitment cannot be disabled before " + end + ".");
                            }
                            return new AccountSettings(false, before.startedMs(), now);
                        });
        return UpdateAccountSettingsResponse.builder()
                .minimumThroughputBillingCommitment(model(after))
                .build();
    }

    private static Instant earliestEnd(AccountSettings settings) {
        return Instant.ofEpochMilli(settings.startedMs()).plus(COMMITMENT);
    }

    private static MinimumThroughputBillingCommitmentOutput model(AccountSettings settings) {
        var model = MinimumThroughputBillingCommitmentOutput.builder();
        if (settings.startedMs() > 0) {
            model.startedAt(Instant.ofEpochMilli(settings.startedMs()));
        }
        if (settings.endedMs() > 0) {
            model.endedAt(Instant.ofEpochMilli(settings.endedMs()));
        }
        if (settings.committed()) {
            model.status(MinimumThroughputBillingCommitmentOutputStatus.ENABLED)
                    .earliestAllowedEndAt(earliestEnd(settings));
        } else {
            model.status(MinimumThroughputBillingCommitmentOutputStatus.DISABLED);
        }
        return model.build();
    }
}
