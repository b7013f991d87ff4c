package io.headrace.node.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.distribution.TimeWindowMax;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * What went in and out of one stream or shard. The names are CloudWatch's: {@code IncomingBytes} is
 * {@code headrace_shard_incoming_bytes_total}, {@code IteratorAgeMilliseconds} the largest of the
 * last minute. Any thread.
 */
final class TrafficMeters {
    /** The names shard-level metrics have in EnableEnhancedMonitoring. */
    static final Set<String> ALL =
            Set.of(
                    "IncomingBytes",
                    "IncomingRecords",
                    "OutgoingBytes",
                    "OutgoingRecords",
                    "WriteProvisionedThroughputExceeded",
                    "ReadProvisionedThroughputExceeded",
                    "IteratorAgeMilliseconds");

    private static final long WINDOW_PART_MS = 20_000;
    private static final int WINDOW_PARTS = 3;

    private final MeterRegistry registry;
    private final String prefix;
    private final Tags tags;
    private final Set<String> names;
    private final List<Meter> meters = new ArrayList<>();
    private final LongAdder incomingRecords = new LongAdder();
    private final LongAdder incomingBytes = new LongAdder();
    private final LongAdder outgoingRecords = new LongAdder();
    private final LongAdder outgoingBytes = new LongAdder();
    private final LongAdder writeExceeded = new LongAdder();
    private final LongAdder readExceeded = new LongAdder();
    private final TimeWindowMax iteratorAgeMs;

    private TrafficMeters(MeterRegistry registry, String prefix, Tags tags, Set<String> names) {
        this.registry = registry;
        this.prefix = prefix;
        this.tags = tags;
        this.names = Set.copyOf(names);
        iteratorAgeMs = new TimeWindowMax(registry.config().clock(), WINDOW_PART_MS, WINDOW_PARTS);
        register();
    }

    static TrafficMeters ofStream(MeterRegistry registry, Tags tags) {
        return new TrafficMeters(registry, "headrace.stream.", tags, ALL);
    }

    /** Meters of a shard, of which only those named are shown. */
    static TrafficMeters ofShard(MeterRegistry registry, Tags tags, Set<String> names) {
        return new TrafficMeters(registry, "headrace.shard.", tags, names);
    }

    Set<String> names() {
        return names;
    }

    void written(long records, long bytes) {
        incomingRecords.add(records);
        incomingBytes.add(bytes);
    }

    void writeThrottled(long records) {
        writeExceeded.add(records);
    }

    void read(long records, long bytes, long millisBehind) {
        outgoingRecords.add(records);
        outgoingBytes.add(bytes);
        iteratorAgeMs.record((double) millisBehind);
    }

    void readThrottled() {
        readExceeded.increment();
    }

    /** Takes them out of the registry. */
    void remove() {
        meters.forEach(registry::remove);
    }

    private void register() {
        show("IncomingRecords", "incoming.records", "Records stored", incomingRecords);
        show("IncomingBytes", "incoming.bytes", "Bytes of keys and data stored", incomingBytes);
        show("OutgoingRecords", "outgoing.records", "Records read", outgoingRecords);
        show("OutgoingBytes", "outgoing.bytes", "Bytes of keys and data read", outgoingBytes);
        show(
                "WriteProvisionedThroughputExceeded",
                "write.provisioned.throughput.exceeded",
                "Records refused for the rate of their shard, or because too many were pending",
                writeExceeded);
        show(
                "ReadProvisionedThroughputExceeded",
                "read.provisioned.throughput.exceeded",
                "Reads refused for the rate of their shard",
                readExceeded);
        if (names.contains("IteratorAgeMilliseconds")) {
            meters.add(
                    Gauge.builder(
                                    prefix + "iterator.age.milliseconds",
                                    iteratorAgeMs,
                                    TimeWindowMax::poll)
                            .description("Furthest that a reader was behind within a minute")
                            .tags(tags)
                            .register(registry));
        }
    }

    private void show(String awsName, String name, String description, LongAdder count) {
        if (names.contains(awsName)) {
            meters.add(
                    FunctionCounter.builder(prefix + name, count, LongAdder::sum)
                            .description(description)
                            .tags(tags)
                            .register(registry));
        }
    }
}
