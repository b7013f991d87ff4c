package io.headrace.node.metrics;

import io.headrace.store.ShardKey;
import io.headrace.store.ShardStore;
import io.headrace.store.StoreEvents;
import io.headrace.store.object.StoreFullException;
import io.headrace.store.shard.ShardEngine.Health;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the store does, as meters; what an operator must know of it, in the log. Any thread: the
 * store's own, which are only held up by counting.
 */
public final class StoreMeters implements StoreEvents {
    private static final Logger LOG = LoggerFactory.getLogger(StoreMeters.class);

    private static final Duration[] SYNC_BUCKETS = {
        Duration.ofNanos(100_000),
        Duration.ofNanos(250_000),
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(2)
    };

    private final MeterRegistry registry;
    private final Set<String> failing = ConcurrentHashMap.newKeySet();
    private final LongAdder blocks = new LongAdder();
    private final LongAdder records = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder compactedRawBytes = new LongAdder();
    private final LongAdder compactedStoredBytes = new LongAdder();
    private final LongAdder expiredSegments = new LongAdder();
    private final LongAdder expiredBytes = new LongAdder();
    private final LongAdder trimmedBytes = new LongAdder();
    private final Timer syncs;
    private final Timer compactions;
    private final DistributionSummary commitRecords;
    private final Counter fences;
    private final Counter fulls;
    private final Counter failures;
    private volatile Consumer<String> resumed = journalId -> {};

    public StoreMeters(MeterRegistry registry) {
        this.registry = registry;
        syncs =
                Timer.builder("headrace.store.sync")
                        .description("Time a commit waited for the disk to sync")
                        .serviceLevelObjectives(SYNC_BUCKETS)
                        .register(registry);
        compactions =
                Timer.builder("headrace.store.compaction")
                        .description("Time to turn a shard's journaled blocks into a segment")
                        .register(registry);
        commitRecords =
                DistributionSummary.builder("headrace.store.commit.records")
                        .description("Records that shared one sync")
                        .register(registry);
        fences = counter("headrace.store.fenced", "Journal failures that ended a journal");
        fulls = counter("headrace.store.full", "Times the disk had no more room");
        failures = counter("headrace.store.background.failures", "Failed background steps");
        sum("headrace.store.committed.blocks", "Blocks made durable", blocks);
        sum("headrace.store.committed.records", "Records made durable", records);
        sum("headrace.store.committed.bytes", "Bytes of blocks made durable", bytes);
        sum("headrace.store.compacted.raw.bytes", "Bytes before compression", compactedRawBytes);
        sum("headrace.store.compacted.stored.bytes", "Bytes of segments", compactedStoredBytes);
        sum("headrace.store.expired.segments", "Segments past retention", expiredSegments);
        sum("headrace.store.expired.bytes", "Bytes past retention", expiredBytes);
        sum("headrace.store.trimmed.bytes", "Journal bytes given back", trimmedBytes);
    }

    /** What else is to hear of another journal. */
    public void onResumed(Consumer<String> hears) {
        resumed = hears;
    }

    /** Shows the backlog and state of a store that is open as long as the registry. */
    public void watch(ShardStore store) {
        Gauge.builder("headrace.store.pending.bytes", store, ShardStore::pendingBytes)
                .description("Bytes of appends accepted and not answered yet")
                .register(registry);
        Gauge.builder("headrace.store.tail.bytes", store, ShardStore::tailBytes)
                .description("Bytes of newest blocks in memory")
                .register(registry);
        Gauge.builder("headrace.store.journal.bytes", store, ShardStore::journalBytes)
                .description("Bytes of journal files on disk")
                .register(registry);
        for (var state : State.values()) {
            Gauge.builder("headrace.store.state", store, of -> state == stateOf(of) ? 1 : 0)
                    .description("1 for the state the store is in")
                    .tag("state", state.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
    }

    private enum State {
        RUNNING,
        FULL,
        FENCED,
        BROKEN,
        STUCK
    }

    private static State stateOf(ShardStore store) {
        return switch (store.health()) {
            case Health.Running() -> State.RUNNING;
            case Health.Full() -> State.FULL;
            case Health.Fenced(var _) -> State.FENCED;
            case Health.Broken(var _) -> State.BROKEN;
            case Health.Stuck(var _) -> State.STUCK;
        };
    }

    @Override
    public void committed(int blockCount, int recordCount, long byteCount, long syncNanos) {
        blocks.add(blockCount);
        records.add(recordCount);
        bytes.add(byteCount);
        commitRecords.record(recordCount);
        syncs.record(syncNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void fenced(Exception cause) {
        fences.increment();
        LOG.error("the journal failed; appends are refused until another is begun", cause);
    }

    @Override
    public void resumed(String journalId) {
        LOG.warn("appends are accepted again, into journal {}", journalId);
        resumed.accept(journalId);
    }

    @Override
    public void full(Exception cause) {
        fulls.increment();
        LOG.error("the disk is full; appends are refused until there is room", cause);
    }

    @Override
    public void roomAgain() {
        LOG.warn("there is room on the disk again; appends are accepted");
    }

    @Override
    public void compacted(ShardKey shard, long rawBytes, long storedBytes, long nanos) {
        compactedRawBytes.add(rawBytes);
        compactedStoredBytes.add(storedBytes);
        compactions.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void expired(ShardKey shard, int segments, long storedBytes) {
        expiredSegments.add(segments);
        expiredBytes.add(storedBytes);
    }

    @Override
    public void trimmed(long journalBytes) {
        trimmedBytes.add(journalBytes);
    }

    @Override
    public void backgroundFailed(String what, Exception cause) {
        failures.increment();
        LOG.warn("{} failed", what, cause);
    }

    @Override
    public void backgroundFailing(String what, Exception cause) {
        failures.increment();
        // Some are tried again five times a second: the log has when it began and when it ended.
        if (!failing.add(what)) {
            LOG.debug("{} failed again", what, cause);
        } else if (cause instanceof StoreFullException) {
            LOG.warn("{} has to wait for room on the disk: {}", what, cause.getMessage());
        } else {
            LOG.warn("{} failed and will be tried again", what, cause);
        }
    }

    @Override
    public void backgroundRecovered(String what) {
        if (failing.remove(what)) {
            LOG.info("{} works again", what);
        }
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    private void sum(String name, String description, LongAdder adder) {
        FunctionCounter.builder(name, adder, LongAdder::sum)
                .description(description)
                .register(registry);
    }
}
