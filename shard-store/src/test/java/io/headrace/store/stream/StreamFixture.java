package io.headrace.store.stream;

import io.headrace.store.object.MemoryStore;
import io.headrace.store.object.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.NullMarked;

/** Streams over a store in memory, shards that only count, and a clock that stands still. */
@NullMarked
public final class StreamFixture {
    public static final String ACCOUNT = "000000000000";
    public static final long START_MS = 1_700_000_000_000L;

    public final ObjectStore store;
    public final FakeShards shards;
    public final TestClock clock;
    public final StreamCatalog catalog;
    public final Transitions transitions;
    public final Streams streams;

    private StreamFixture(
            ObjectStore store,
            FakeShards shards,
            TestClock clock,
            StreamLimits limits,
            Duration delay,
            long seed) {
        this.store = store;
        this.shards = shards;
        this.clock = clock;
        try {
            this.catalog = StreamCatalog.open(store, new Random(seed));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.transitions = new Transitions(catalog, shards, clock, StreamKeys.NONE);
        this.streams = new Streams(catalog, transitions, clock, "us-east-1", limits, delay);
    }

    public static StreamFixture create() {
        return create(StreamLimits.none(), Duration.ZERO);
    }

    public static StreamFixture create(StreamLimits limits, Duration delay) {
        return on(new MemoryStore(), limits, delay);
    }

    static StreamFixture on(ObjectStore store, StreamLimits limits, Duration delay) {
        return on(store, limits, delay, 7);
    }

    /** As the others on the same store, but a node that makes ids of its own. */
    static StreamFixture on(ObjectStore store, StreamLimits limits, Duration delay, long seed) {
        return new StreamFixture(
                store, new FakeShards(), new TestClock(START_MS), limits, delay, seed);
    }

    /** The same store, shards and clock, opened again as after a crash. */
    public StreamFixture reopened() {
        return new StreamFixture(store, shards, clock, StreamLimits.none(), Duration.ZERO, 8);
    }

    public static StreamName name(String name) {
        return new StreamName(ACCOUNT, name);
    }

    public StreamState state(String name) {
        return streams.get(name(name));
    }
}
