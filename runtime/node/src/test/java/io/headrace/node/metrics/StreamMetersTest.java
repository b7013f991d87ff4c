package io.headrace.node.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.stream.ChangeLog;
import io.headrace.store.stream.ShardMap;
import io.headrace.store.stream.StreamMode;
import io.headrace.store.stream.StreamName;
import io.headrace.store.stream.StreamOptions;
import io.headrace.store.stream.StreamState;
import io.headrace.store.stream.StreamStatus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StreamMetersTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final StreamMeters meters = new StreamMeters(registry);

    @Test
    void streamsPastTheBoundShareTheirMeters() {
        for (int i = 0; i < StreamMeters.STREAMS_MAX + 50; i++) {
            meters.written(stream("s" + i, Set.of()), 0, 1, 10);
        }
        var counters = registry.find("headrace.stream.incoming.records").functionCounters();
        assertThat(counters).hasSize(StreamMeters.STREAMS_MAX + 1);
        assertThat(other("headrace.stream.incoming.records")).isEqualTo(50);
    }

    @Test
    void shardsPastTheBoundShareTheirMeters() {
        var stream = stream("wide", Set.of("IncomingRecords"));
        for (int shard = 0; shard < StreamMeters.SHARDS_MAX + 30; shard++) {
            meters.written(stream, shard, 2, 10);
        }
        assertThat(registry.find("headrace.shard.incoming.records").functionCounters())
                .hasSize(StreamMeters.SHARDS_MAX + 1);
        assertThat(other("headrace.shard.incoming.records")).isEqualTo(60);
        assertThat(registry.find("headrace.shard.incoming.bytes").functionCounters())
                .as("only the others show what was not asked for")
                .hasSize(1);
    }

    @Test
    void theIteratorAgeIsThatOfTheSlowestReader() {
        var stream = stream("orders", Set.of());
        meters.read(stream, 0, 1, 1, 5_000);
        meters.read(stream, 0, 1, 1, 0);
        assertThat(registry.get("headrace.stream.iterator.age.milliseconds").gauge().value())
                .isEqualTo(5_000);
    }

    private double other(String name) {
        return registry.get(name).tag("stream", StreamMeters.OTHER).functionCounter().count();
    }

    private static StreamState stream(String name, Set<String> metrics) {
        return new StreamState(
                new StreamName("000000000000", name),
                name.hashCode(),
                0,
                StreamStatus.ACTIVE,
                StreamOptions.of(StreamMode.PROVISIONED).withMetrics(metrics),
                ShardMap.even(1, 0),
                new TreeMap<>(),
                List.of(),
                "",
                ChangeLog.EMPTY,
                null);
    }
}
