package io.headrace.router.streams;

import io.headrace.router.wire.RequestContext;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.stream.NewStream;
import io.headrace.store.stream.StreamMode;
import io.headrace.store.stream.StreamName;
import io.headrace.store.stream.StreamOptions;
import io.headrace.store.stream.Streams;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.CreateStreamRequest;
import software.amazon.awssdk.services.kinesis.model.CreateStreamResponse;
import software.amazon.awssdk.services.kinesis.model.DecreaseStreamRetentionPeriodRequest;
import software.amazon.awssdk.services.kinesis.model.DecreaseStreamRetentionPeriodResponse;
import software.amazon.awssdk.services.kinesis.model.DeleteStreamRequest;
import software.amazon.awssdk.services.kinesis.model.DeleteStreamResponse;
import software.amazon.awssdk.services.kinesis.model.IncreaseStreamRetentionPeriodRequest;
import software.amazon.awssdk.services.kinesis.model.IncreaseStreamRetentionPeriodResponse;
import software.amazon.awssdk.services.kinesis.model.StreamModeDetails;
import software.amazon.awssdk.services.kinesis.model.UpdateMaxRecordSizeRequest;
import software.amazon.awssdk.services.kinesis.model.UpdateMaxRecordSizeResponse;
import software.amazon.awssdk.services.kinesis.model.UpdateStreamModeRequest;
import software.amazon.awssdk.services.kinesis.model.UpdateStreamModeResponse;
import software.amazon.awssdk.services.kinesis.model.UpdateStreamWarmThroughputRequest;
import software.amazon.awssdk.services.kinesis.model.UpdateStreamWarmThroughputResponse;
import software.amazon.awssdk.services.kinesis.model.WarmThroughputObject;

/** Creates and deletes streams and sets what a stream as a whole has. */
final class StreamLifecycle {
    private final Streams streams;
    private final StreamLookup lookup;

    StreamLifecycle(Streams streams, StreamLookup lookup) {
        this.streams = streams;
        this.lookup = lookup;
    }

    CreateStreamResponse create(CreateStreamRequest request, RequestContext context)
            throws InterruptedException {
        var name = lookup.name(request.streamName(), null, context);
        var mode = mode(request.streamModeDetails(), request.shardCount());
        var options = StreamOptions.of(mode);
        if (request.maxRecordSizeInKiB() != null) {
            options = options.withMaxRecordKiB(request.maxRecordSizeInKiB());
        }
        Integer warm = request.warmThroughputMiBps();
        if (warm != null) {
            requireOnDemand(mode);
            options = options.withWarmThroughputMiBps(warm);
        }
        var tags = new TreeMap<String, String>();
        if (request.hasTags()) {
            TagRules.check(name, request.tags());
            tags.putAll(request.tags());
        }
        int shards =
                mode == StreamMode.PROVISIONED
                        ? request.shardCount()
                        : Math.max(NewStream.ON_DEMAND_SHARDS, warm == null ? 0 : warm);
        streams.create(name, new NewStream(options, shards, tags));
        return CreateStreamResponse.builder().build();
    }

    DeleteStreamResponse delete(DeleteStreamRequest request, RequestContext context)
            throws InterruptedException {
        var name = lookup.name(request.streamName(), request.streamARN(), context);
        streams.delete(name, Boolean.TRUE.equals(request.enforceConsumerDeletion()));
        return DeleteStreamResponse.builder().build();
    }

    UpdateStreamModeResponse updateMode(UpdateStreamModeRequest request, RequestContext context)
            throws InterruptedException {
        var name = lookup.name(null, request.streamARN(), context);
        var mode = StreamMode.valueOf(request.streamModeDetails().streamModeAsString());
        Integer warm = request.warmThroughputMiBps();
        if (warm != null) {
            requireOnDemand(mode);
        }
        streams.switchMode(name, mode, warm == null ? 0 : warm);
        return UpdateStreamModeResponse.builder().build();
    }

    UpdateMaxRecordSizeResponse updateMaxRecordSize(
            UpdateMaxRecordSizeRequest request, RequestContext context)
            throws InterruptedException {
        var name = lookup.name(null, request.streamARN(), context);
        int kib = request.maxRecordSizeInKiB();
        streams.update(name, state -> state.withOptions(state.options().withMaxRecordKiB(kib)));
        return UpdateMaxRecordSizeResponse.builder().build();
    }

    UpdateStreamWarmThroughputResponse updateWarmThroughput(
            UpdateStreamWarmThroughputRequest request, RequestContext context)
            throws InterruptedException {
        var name = lookup.name(request.streamName(), request.streamARN(), context);
        int target = request.warmThroughputMiBps();
        int before = streams.get(name).options().warmThroughputMiBps();
        streams.update(
                name,
                state -> {
                    requireOnDemand(state.options().mode());
                    return state.withOptions(state.options().withWarmThroughputMiBps(target));
                });
        return UpdateStreamWarmThroughputResponse.builder()
                .streamName(name.name())
                .streamARN(lookup.identity().streamArn(name))
                .warmThroughput(
                        WarmThroughputObject.builder()
                                .targetMiBps(target)
                                .currentMiBps(before)
                                .build())
                .build();
    }

    IncreaseStreamRetentionPeriodResponse increaseRetention(
            IncreaseStreamRetentionPeriodRequest request, RequestContext context)
            throws InterruptedException {
        var name = lookup.name(request.streamName(), request.streamARN(), context);
        int hours = request.retentionPeriodHours();
        streams.get(name);
        checkRetention(hours);
        streams.update(
                name,
                state -> {
                    int existing = state.options().retentionHours();
                    if (hours < existing) {
                        throw otherRetention(name, hours, existing, "shorter", "Decrease");
                    }
                    return state.withOptions(state.options().withRetentionHours(hours));
                });
        return IncreaseStreamRetentionPeriodResponse.builder().build();
    }

    DecreaseStreamRetentionPeriodResponse decreaseRetention(
            DecreaseStreamRetentionPeriodRequest request, RequestContext context)
            throws InterruptedException {
        var name = lookup.name(request.streamName(), request.streamARN(), context);
        int hours = request.retentionPeriodHours();
        streams.get(name);
        checkRetention(hours);
        streams.update(
                name,
                state -> {
                    int existing = state.options().retentionHours();
                    if (hours > existing) {
                        throw otherRetention(name, hours, existing, "longer", "Increase");
                    }
                    return state.withOptions(state.options().withRetentionHours(hours));
                });
        return DecreaseStreamRetentionPeriodResponse.builder().build();
    }

    private static StreamMode mode(
            @Nullable StreamModeDetails details, @Nullable Integer shardCount) {
        // Without either, Kinesis makes an on-demand stream.
        var mode =
                details == null
                        ? (shardCount == null ? StreamMode.ON_DEMAND : StreamMode.PROVISIONED)
                        : StreamMode.valueOf(details.streamModeAsString());
        if (mode == StreamMode.ON_DEMAND && shardCount != null) {
            throw StreamLookup.invalid("ShardCount is not expected when StreamMode=ON_DEMAND");
        }
        if (mode == StreamMode.PROVISIONED && shardCount == null) {
            throw StreamLookup.invalid("ShardCount is expected when StreamMode=PROVISIONED");
        }
        return mode;
    }

    private static void requireOnDemand(StreamMode mode) {
        if (mode != StreamMode.ON_DEMAND) {
            throw new RefusedException(
                    ErrorCode.VALIDATION,
                    "Warm throughput is only supported for data streams with the on-demand"
                            + " capacity mode.");
        }
    }

    private static void checkRetention(int hours) {
        if (hours < StreamOptions.RETENTION_HOURS_MIN) {
            throw StreamLookup.invalid(
                    ("Minimum allowed retention period is %d hours. Requested retention period"
                                    + " (%d hours) is too short.")
                            .formatted(StreamOptions.RETENTION_HOURS_MIN, hours));
        }
        if (hours > StreamOptions.RETENTION_HOURS_MAX) {
            throw StreamLookup.invalid(
                    ("Maximum allowed retention period is %d hours. Requested retention period"
                                    + " (%d hours) is too long.")
                            .formatted(StreamOptions.RETENTION_HOURS_MAX, hours));
        }
    }

    private static RefusedException otherRetention(
            StreamName name, int hours, int existing, String compared, String other) {
        return StreamLookup.invalid(
                ("Requested retention period (%d hours) for stream %s can not be %s than existing"
                                + " retention period (%d hours). Use %sRetentionPeriod API.")
                        .formatted(hours, name.name(), compared, existing, other));
    }
}
