package io.headrace.node.metrics;

import io.headrace.router.streams.StreamTraffic;
import io.headrace.store.stream.StreamCatalog;
import io.headrace.store.stream.StreamName;
import io.headrace.store.stream.StreamState;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Traffic stream by stream, and shard by shard where a stream's shard-level metrics are on, under
 * the names AWS gives them. Streams and shards past a bound share one set of meters each, so that
 * nobody can fill memory by creating streams. Any thread.
 */
public final class StreamMeters implements StreamTraffic {
    static final int STREAMS_MAX = 1_000;
    static final int SHARDS_MAX = 2_000;

    /** No stream can be named so. */
    static final String OTHER = "(other)";

    private final MeterRegistry registry;
    private final ConcurrentHashMap<StreamName, Stream> streams = new ConcurrentHashMap<>();
    private final AtomicInteger shardCount = new AtomicInteger();
    private volatile @Nullable TrafficMeters otherStreams;
    private volatile @Nullable TrafficMeters otherShards;

    /** A stream's meters, and those of its shards that are metered. */
    private record Stream(TrafficMeters meters, ConcurrentHashMap<Integer, TrafficMeters> shards) {}

    public StreamMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Shows how much there is. */
    public void watch(StreamCatalog catalog, IntSupplier subscriptions) {
        gauge("headrace.streams", "Streams", catalog, all -> all.all().size());
        gauge(
                "headrace.shards",
                "Open shards",
                catalog,
                all -> all.all().stream().mapToInt(state -> state.shards().openCount()).sum());
        gauge(
                "headrace.stream.consumers",
                "Registered stream consumers",
                catalog,
                all -> all.all().stream().mapToInt(state -> state.consumers().size()).sum());
        Gauge.builder("headrace.subscriptions", subscriptions, IntSupplier::getAsInt)
                .description("Open SubscribeToShard calls")
                // A lambda that nobody else holds would be collected, and the gauge read NaN.
                .strongReference(true)
                .register(registry);
    }

    /** Drops the meters of streams that are gone, and of shards that are metered otherwise now. */
    public void retire(StreamCatalog catalog) {
        streams.forEach((name, stream) -> {
            var state = catalog.find(name);
            if (state.isEmpty() && streams.remove(name, stream)) {
                stream.meters().remove();
            }
            stream.shards()
                    .forEach((number, meters) -> {
                        if (!isCurrent(state, number, meters)
                                && stream.shards().remove(number, meters)) {
                            retireShard(meters);
                        }
                    });
        });
    }

    private boolean isCurrent(Optional<StreamState> state, int shard, TrafficMeters meters) {
        return state.isPresent()
                && state.get().shards().find(shard).isPresent()
                && isMetered(state.get())
                && (meters.equals(otherShards)
                        || meters.names().equals(state.get().options().metrics()));
    }

    private void retireShard(TrafficMeters meters) {
        if (!meters.equals(otherShards)) {
            shardCount.decrementAndGet();
            meters.remove();
        }
    }

    @Override
    public void written(StreamState stream, int shard, int records, long bytes) {
        of(stream).written(records, bytes);
        if (isMetered(stream)) {
            ofShard(stream, shard).written(records, bytes);
        }
    }

    @Override
    public void writeThrottled(StreamState stream, int shard, int records) {
        of(stream).writeThrottled(records);
        if (isMetered(stream)) {
            ofShard(stream, shard).writeThrottled(records);
        }
    }

    @Override
    public void read(StreamState stream, int shard, long records, long bytes, long millisBehind) {
        of(stream).read(records, bytes, millisBehind);
        if (isMetered(stream)) {
            ofShard(stream, shard).read(records, bytes, millisBehind);
        }
    }

    @Override
    public void readThrottled(StreamState stream, int shard) {
        of(stream).readThrottled();
        if (isMetered(stream)) {
            ofShard(stream, shard).readThrottled();
        }
    }

    private static boolean isMetered(StreamState stream) {
        return !stream.options().metrics().isEmpty();
    }

    private TrafficMeters of(StreamState stream) {
        var known = streams.get(stream.name());
        if (known != null) {
            return known.meters();
        }
        return streams.size() >= STREAMS_MAX ? otherStreams() : add(stream).meters();
    }

    private Stream add(StreamState stream) {
        return streams.computeIfAbsent(
                stream.name(),
                _ ->
                        new Stream(
                                TrafficMeters.ofStream(registry, tags(stream)),
                                new ConcurrentHashMap<>()));
    }

    private TrafficMeters ofShard(StreamState state, int shard) {
        var stream = streams.get(state.name());
        if (stream == null) {
            return otherShards();
        }
        var known = stream.shards().get(shard);
        return known != null
                ? known
                : stream.shards().computeIfAbsent(shard, _ -> newShard(state, shard));
    }

    private TrafficMeters newShard(StreamState stream, int shard) {
        if (shardCount.incrementAndGet() > SHARDS_MAX) {
            shardCount.decrementAndGet();
            return otherShards();
        }
        return TrafficMeters.ofShard(
                registry,
                tags(stream).and("shard", stream.shardKey(shard).shardId()),
                stream.options().metrics());
    }

    private synchronized TrafficMeters otherStreams() {
        var others = otherStreams;
        if (others == null) {
            others = TrafficMeters.ofStream(registry, tags("", OTHER));
            otherStreams = others;
        }
        return others;
    }

    private synchronized TrafficMeters otherShards() {
        var others = otherShards;
        if (others == null) {
            var tags = tags("", OTHER).and("shard", OTHER);
            others = TrafficMeters.ofShard(registry, tags, TrafficMeters.ALL);
            otherShards = others;
        }
        return others;
    }

    private static Tags tags(StreamState stream) {
        return tags(stream.name().accountId(), stream.name().name());
    }

    private static Tags tags(String account, String stream) {
        return Tags.of("account", account, "stream", stream);
    }

    private void gauge(
            String name,
            String description,
            StreamCatalog catalog,
            ToIntFunction<StreamCatalog> value) {
        Gauge.builder(name, catalog, value::applyAsInt).description(description).register(registry);
    }
}
