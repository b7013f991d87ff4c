package io.headrace.router.streams;

import io.headrace.router.wire.RequestContext;
import io.headrace.store.stream.StreamName;
import io.headrace.store.stream.Streams;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import software.amazon.awssdk.services.kinesis.model.DisableEnhancedMonitoringRequest;
import software.amazon.awssdk.services.kinesis.model.DisableEnhancedMonitoringResponse;
import software.amazon.awssdk.services.kinesis.model.EnableEnhancedMonitoringRequest;
import software.amazon.awssdk.services.kinesis.model.EnableEnhancedMonitoringResponse;
import software.amazon.awssdk.services.kinesis.model.MetricsName;

/** Turns shard level metrics on and off. */
final class Monitoring {
    private static final List<String> ALL =
            Stream.of(MetricsName.values())
                    .filter(metric -> metric != MetricsName.ALL)
                    .filter(metric -> metric != MetricsName.UNKNOWN_TO_SDK_VERSION)
                    .map(MetricsName::toString)
                    .toList();

    private final Streams streams;
    private final StreamLookup lookup;

    Monitoring(Streams streams, StreamLookup lookup) {
        this.streams = streams;
        this.lookup = lookup;
    }

    private record Change(Set<String> before, Set<String> after) {}

    EnableEnhancedMonitoringResponse enable(
            EnableEnhancedMonitoringRequest request, RequestContext context)
            throws InterruptedException {
        var name = lookup.name(request.streamName(), request.streamARN(), context);
        var change = change(name, request.shardLevelMetricsAsStrings(), Set::addAll);
        return EnableEnhancedMonitoringResponse.builder()
                .streamName(name.name())
                .streamARN(lookup.identity().streamArn(name))
                .currentShardLevelMetricsWithStrings(change.before())
                .desiredShardLevelMetricsWithStrings(change.after())
                .build();
    }

    DisableEnhancedMonitoringResponse disable(
            DisableEnhancedMonitoringRequest request, RequestContext context)
            throws InterruptedException {
        var name = lookup.name(request.streamName(), request.streamARN(), context);
        var change = change(name, request.shardLevelMetricsAsStrings(), Set::removeAll);
        return DisableEnhancedMonitoringResponse.builder()
                .streamName(name.name())
                .streamARN(lookup.identity().streamArn(name))
                .currentShardLevelMetricsWithStrings(change.before())
                .desiredShardLevelMetricsWithStrings(change.after())
                .build();
    }

    private Change change(
            StreamName name,
            Collection<String> asked,
            BiConsumer<Set<String>, Collection<String>> how)
            throws InterruptedException {
        Collection<String> metrics =
                asked.contains(MetricsName.ALL.toString()) ? ALL : List.copyOf(asked);
        var before = streams.get(name).options().metrics();
        var after =
                streams.update(
                        name,
                        state -> {
                            var changed = new TreeSet<>(state.options().metrics());
                            how.accept(changed, metrics);
                            return state.withOptions(state.options().withMetrics(changed));
                        });
        return new Change(before, after.options().metrics());
    }
}
