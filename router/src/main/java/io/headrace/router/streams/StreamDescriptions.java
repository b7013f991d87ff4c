package io.headrace.router.streams;

import io.headrace.router.wire.RequestContext;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.stream.Encryption;
import io.headrace.store.stream.ShardState;
import io.headrace.store.stream.StreamCatalog;
import io.headrace.store.stream.StreamMode;
import io.headrace.store.stream.StreamState;
import io.headrace.store.stream.StreamStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamRequest;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamResponse;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamSummaryRequest;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamSummaryResponse;
import software.amazon.awssdk.services.kinesis.model.EncryptionType;
import software.amazon.awssdk.services.kinesis.model.EnhancedMetrics;
import software.amazon.awssdk.services.kinesis.model.ListStreamsRequest;
import software.amazon.awssdk.services.kinesis.model.ListStreamsResponse;
import software.amazon.awssdk.services.kinesis.model.StreamDescription;
import software.amazon.awssdk.services.kinesis.model.StreamDescriptionSummary;
import software.amazon.awssdk.services.kinesis.model.StreamModeDetails;
import software.amazon.awssdk.services.kinesis.model.StreamSummary;
import software.amazon.awssdk.services.kinesis.model.WarmThroughputObject;

/** Tells which streams there are and what each is like. Reads memory only. */
final class StreamDescriptions {
    /** More is not given at once, whatever limit is asked for. */
    private static final int PAGE_MAX = 100;

    private static final String LIST_KIND = "ListStreams";
    private static final Duration TOKEN_LIFE = Duration.ofMinutes(5);

    private final StreamCatalog catalog;
    private final StreamLookup lookup;
    private final StreamTokens tokens;

    StreamDescriptions(StreamCatalog catalog, StreamLookup lookup, StreamTokens tokens) {
        this.catalog = catalog;
        this.lookup = lookup;
        this.tokens = tokens;
    }

    DescribeStreamResponse describe(DescribeStreamRequest request, RequestContext context) {
        var state = lookup.stream(request.streamName(), request.streamARN(), context);
        int after =
                request.exclusiveStartShardId() == null
                        ? -1
                        : StreamLookup.shardNumber(state.name(), request.exclusiveStartShardId());
        int limit = limit(request.limit());
        var shards =
                visible(state).stream()
                        .filter(shard -> shard.number() > after)
                        .limit(limit + 1L)
                        .toList();
        boolean more = shards.size() > limit;
        var description =
                StreamDescription.builder()
                        .streamName(state.name().name())
                        .streamARN(lookup.identity().streamArn(state.name()))
                        .streamStatus(state.status().name())
                        .streamModeDetails(modeDetails(state))
                        .shards(ShardModel.of(more ? shards.subList(0, limit) : shards))
                        .hasMoreShards(more)
                        .retentionPeriodHours(state.options().retentionHours())
                        .streamCreationTimestamp(created(state))
                        .enhancedMonitoring(monitoring(state));
        switch (state.options().encryption()) {
            case Encryption.None() -> description.encryptionType(EncryptionType.NONE);
            case Encryption.Kms(var keyId) ->
                    description.encryptionType(EncryptionType.KMS).keyId(keyId);
        }
        return DescribeStreamResponse.builder().streamDescription(description.build()).build();
    }

    DescribeStreamSummaryResponse summarize(
            DescribeStreamSummaryRequest request, RequestContext context) {
        var state = lookup.stream(request.streamName(), request.streamARN(), context);
        var summary =
                StreamDescriptionSummary.builder()
                        .streamName(state.name().name())
                        .streamARN(lookup.identity().streamArn(state.name()))
                        .streamStatus(state.status().name())
                        .streamModeDetails(modeDetails(state))
                        .retentionPeriodHours(state.options().retentionHours())
                        .streamCreationTimestamp(created(state))
                        .enhancedMonitoring(monitoring(state))
                        .openShardCount(
                                (int) visible(state).stream().filter(ShardState::isOpen).count())
                        .consumerCount(state.consumers().size())
                        .maxRecordSizeInKiB(state.options().maxRecordKiB());
        switch (state.options().encryption()) {
            case Encryption.None() -> summary.encryptionType(EncryptionType.NONE);
            case Encryption.Kms(var keyId) ->
                    summary.encryptionType(EncryptionType.KMS).keyId(keyId);
        }
        int warm = state.options().warmThroughputMiBps();
        if (state.options().mode() == StreamMode.ON_DEMAND && warm > 0) {
            summary.warmThroughput(
                    WarmThroughputObject.builder().targetMiBps(warm).currentMiBps(warm).build());
        }
        return DescribeStreamSummaryResponse.builder()
                .streamDescriptionSummary(summary.build())
                .build();
    }

    ListStreamsResponse list(ListStreamsRequest request, RequestContext context) {
        var account = context.caller().accountId();
        var after = startAfter(request, account);
        int limit = limit(request.limit());
        var found =
                catalog.list(account).stream()
                        .filter(state -> state.name().name().compareTo(after) > 0)
                        .limit(limit + 1L)
                        .toList();
        boolean more = found.size() > limit;
        var page = more ? found.subList(0, limit) : found;
        var response =
                ListStreamsResponse.builder()
                        .streamNames(page.stream().map(state -> state.name().name()).toList())
                        .streamSummaries(page.stream().map(this::summary).toList())
                        .hasMoreStreams(more);
        if (more) {
            response.nextToken(tokens.seal(LIST_KIND, account, page.getLast().name().name()));
        }
        return response.build();
    }

    private String startAfter(ListStreamsRequest request, String account) {
        String token = request.nextToken();
        String start = request.exclusiveStartStreamName();
        if (token == null) {
            return start == null ? "" : start;
        }
        if (start != null) {
            throw StreamLookup.invalid(
                    "NextToken and ExclusiveStartStreamName cannot be provided together.");
        }
        var fields = NextTokens.open(tokens, LIST_KIND, token, TOKEN_LIFE);
        if (!fields.getFirst().equals(account)) {
            throw new RefusedException(ErrorCode.INVALID_ARGUMENT, NextTokens.INVALID);
        }
        return fields.get(1);
    }

    private StreamSummary summary(StreamState state) {
        return StreamSummary.builder()
                .streamName(state.name().name())
                .streamARN(lookup.identity().streamArn(state.name()))
                .streamStatus(state.status().name())
                .streamModeDetails(modeDetails(state))
                .streamCreationTimestamp(created(state))
                .build();
    }

    /** A stream that is being created shows no shards yet. */
    private static List<ShardState> visible(StreamState state) {
        return state.status() == StreamStatus.CREATING ? List.of() : state.shards().all();
    }

    private static Instant created(StreamState state) {
        // Whole seconds, as Kinesis tells it.
        return Instant.ofEpochSecond(state.createdMs() / 1000);
    }

    private static StreamModeDetails modeDetails(StreamState state) {
        return StreamModeDetails.builder().streamMode(state.options().mode().name()).build();
    }

    private static EnhancedMetrics monitoring(StreamState state) {
        return EnhancedMetrics.builder()
                .shardLevelMetricsWithStrings(state.options().metrics())
                .build();
    }

    private static int limit(@Nullable Integer asked) {
        return asked == null ? PAGE_MAX : Math.min(asked, PAGE_MAX);
    }
}
