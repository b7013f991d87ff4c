package io.headrace.node.metrics;

import io.headrace.store.cache.CacheEvents;
import io.headrace.store.cache.CachedObjects;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the cache of a shared store does, as meters; what an operator must know, in the log. */
public final class CacheMeters implements CacheEvents {
    private static final Logger LOG = LoggerFactory.getLogger(CacheMeters.class);

    private final MeterRegistry registry;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder evictions = new LongAdder();
    private final LongAdder damages = new LongAdder();
    private final LongAdder aheadBytes = new LongAdder();
    private final LongAdder aheadFailures = new LongAdder();
    private final LongAdder wastedBytes = new LongAdder();

    public CacheMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Shows a cache that is open as long as the registry. */
    public void watch(CachedObjects cache, long bytesMax) {
        Gauge.builder("headrace.store.cache.bytes", cache, CachedObjects::cachedBytes)
                .description("Bytes of the store's segments on the local disk")
                .register(registry);
        Gauge.builder("headrace.store.cache.max.bytes", () -> bytesMax)
                .description("What they may be at most")
                .register(registry);
        sum("hits", "Pieces of segments read that were here or on their way", hits);
        sum("misses", "Pieces that a reader waited for", misses);
        sum("evictions", "Pieces that made room for others", evictions);
        sum("damaged", "Pieces that were not what had been fetched, and dropped", damages);
        sum("ahead.bytes", "Bytes fetched before they were asked for", aheadBytes);
        sum("ahead.failures", "Pieces that could not be fetched ahead", aheadFailures);
        sum("wasted.bytes", "Bytes fetched ahead that went unread", wastedBytes);
    }

    @Override
    public void hit() {
        hits.increment();
    }

    @Override
    public void missed() {
        misses.increment();
    }

    @Override
    public void readAhead(long bytes) {
        aheadBytes.add(bytes);
    }

    @Override
    public void wasted(long bytes) {
        wastedBytes.add(bytes);
    }

    @Override
    public void evicted() {
        evictions.increment();
    }

    @Override
    public void readAheadFailed(String name, IOException cause) {
        aheadFailures.increment();
        LOG.debug("{} could not be read ahead", name, cause);
    }

    @Override
    public void damaged(String name) {
        damages.increment();
        LOG.warn("a cached piece of {} was damaged; it is fetched again", name);
    }

    @Override
    public void shrinking(long bytesLeft) {
        LOG.warn(
                "there is little room on the disk: the cache of the store shrinks, to {} MiB now",
                bytesLeft >> 20);
    }

    @Override
    public void roomAgain() {
        LOG.info("there is room on the disk again: the cache of the store grows");
    }

    @Override
    public void turnedOff(IOException cause) {
        LOG.error("the store is not cached any more, reads go on without", cause);
    }

    private void sum(String name, String description, LongAdder adder) {
        FunctionCounter.builder("headrace.store.cache." + name, adder, LongAdder::sum)
                .description(description)
                .register(registry);
    }
}
