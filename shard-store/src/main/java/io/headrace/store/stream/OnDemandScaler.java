package io.headrace.store.stream;

import io.headrace.store.HashKey;
import io.headrace.store.HashRange;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.Ticker;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Splits the hot shards of on-demand streams and merges cold neighbours. One thread calls {@link
 * #step} every few seconds; what a shard was put since the step before is its rate. Of several
 * nodes all measure all shards, so that any can go on from another, and one reshapes each stream.
 */
public final class OnDemandScaler {
    private static final Logger LOG = LoggerFactory.getLogger(OnDemandScaler.class);
    private static final BigInteger GRAIN = BigInteger.valueOf(1024);
    // A single key can be hotter than a shard: splitting around it must end somewhere.
    private static final BigInteger WIDTH_MIN = BigInteger.ONE.shiftLeft(112);

    private final Streams streams;
    private final LoadMeter meter;
    private final Ticker ticker;
    private final ScalerSettings settings;
    private final Predicate<StreamState> isMine;
    private final Consumer<List<ShardLoad>> others;
    private final Map<ShardKey, Watch> watches = new HashMap<>();
    private final long startNanos;
    private long lastMs;

    /**
     * @param ticker what durations are measured by: the time of day may be set, and then no shard
     *     was hot or cold for the hours it went on or back
     * @param isMine whether this node is the one that reshapes the stream
     * @param others told what this node alone knows: what was put through it
     */
    public OnDemandScaler(
            Streams streams,
            LoadMeter meter,
            Ticker ticker,
            ScalerSettings settings,
            Predicate<StreamState> isMine,
            Consumer<List<ShardLoad>> others) {
        this.streams = streams;
        this.meter = meter;
        this.ticker = ticker;
        this.settings = settings;
        this.isMine = isMine;
        this.others = others;
        this.startNanos = ticker.nanos();
    }

    /** Measures every on-demand stream and reshapes those that need it. */
    public void step() throws InterruptedException {
        long now = (ticker.nanos() - startNanos) / 1_000_000;
        long elapsedMs = now - lastMs;
        if (elapsedMs <= 0) {
            return;
        }
        lastMs = now;
        tell();
        var seen = new HashSet<ShardKey>();
        for (var state : streams.catalog().all()) {
            if (state.options().mode() == StreamMode.ON_DEMAND) {
                measure(state, now, elapsedMs, seen);
                if (state.status() == StreamStatus.ACTIVE && isMine.test(state)) {
                    reshape(state, now);
                }
            }
        }
        forgetAllBut(seen);
    }

    /**
     * Tells the others what was put through this node; more often than a step, their steps vary
     * less.
     */
    public void tell() {
        var own = meter.gather();
        if (!own.isEmpty()) {
            others.accept(own);
        }
    }

    private void measure(StreamState state, long now, long elapsedMs, Set<ShardKey> seen) {
        for (var shard : state.shards().open()) {
            var key = state.shardKey(shard.number());
            seen.add(key);
            var load = meter.take(key);
            watches.computeIfAbsent(key, absent -> new Watch())
                    .measured(
                            load.records(),
                            load.lowerBytes(),
                            load.upperBytes(),
                            now,
                            elapsedMs,
                            settings);
        }
    }

    private void reshape(StreamState state, long now) throws InterruptedException {
        var mergeAt = merges(state, now);
        var splitAt = splits(state, now, mergeAt.size());
        if (splitAt.isEmpty() && mergeAt.isEmpty()) {
            return;
        }
        try {
            streams.reshape(state.name(), state.id(), splitAt, mergeAt);
            LOG.info(
                    "{} gets {} splits and {} merges",
                    state.name().described(),
                    splitAt.size(),
                    mergeAt.size());
        } catch (RefusedException e) {
            LOG.warn("{} keeps its shards for now", state.name().described(), e);
        }
    }

    /** As many as the account may have, of the hottest; the rest waits for room. */
    private List<HashKey> splits(StreamState state, long now, int merges) {
        var hot = new ArrayList<ShardState>();
        for (var shard : state.shards().open()) {
            var watch = watches.get(state.shardKey(shard.number()));
            if (watch != null
                    && watch.isHotFor(settings.splitAfter().toMillis(), now)
                    && width(shard.range()).compareTo(WIDTH_MIN) > 0) {
                hot.add(shard);
            }
        }
        long room = streams.quotas().room(state.name().accountId()) + merges;
        if (hot.size() > room) {
            LOG.warn(
                    "{} gets only {} of {} splits: the account's shard limit is reached",
                    state.name().described(),
                    room,
                    hot.size());
            hot.sort(
                    Comparator.comparingDouble(
                                    (ShardState shard) -> watchOf(state, shard).rate(now))
                            .reversed());
        }
        return hot.stream()
                .limit(room)
                .map(shard -> {
                    var watch = watchOf(state, shard);
                    return splitPoint(shard.range(), watch.lowerBytes, watch.upperBytes);
                })
                .toList();
    }

    private Watch watchOf(StreamState state, ShardState shard) {
        return Objects.requireNonNull(watches.get(state.shardKey(shard.number())));
    }

    private List<HashKey> merges(StreamState state, long now) {
        var keys = new ArrayList<HashKey>();
        var open = state.shards().open();
        int floor = Math.max(settings.shardsMin(), state.options().warmThroughputMiBps());
        int spare = open.size() - floor;
        for (int i = 1; i < open.size() && keys.size() < spare; i++) {
            if (isCold(state, open.get(i - 1), now) && isCold(state, open.get(i), now)) {
                keys.add(open.get(i).range().start());
                // The merged shard is looked at again once it has been watched for itself.
                i++;
            }
        }
        return keys;
    }

    private boolean isCold(StreamState state, ShardState shard, long now) {
        var watch = watches.get(state.shardKey(shard.number()));
        return watch != null && watch.isColdFor(settings.mergeAfter().toMillis(), now);
    }

    private void forgetAllBut(Set<ShardKey> seen) {
        watches.keySet().retainAll(seen);
        // Also what a put that was late counted for a shard that had been forgotten before.
        meter.retain(seen);
    }

    /** Where both sides would have got the same, if each half's load is spread evenly over it. */
    static HashKey splitPoint(HashRange range, long lowerBytes, long upperBytes) {
        double half = ((double) lowerBytes + upperBytes) / 2;
        double share = 0.5;
        if (lowerBytes > half) {
            share = half / lowerBytes / 2;
        } else if (upperBytes > half) {
            share = 0.5 + (half - lowerBytes) / upperBytes / 2;
        }
        long grains = Math.clamp(Math.round(share * 1024), 64, 960);
        var offset = width(range).multiply(BigInteger.valueOf(grains)).divide(GRAIN);
        return HashKey.of(range.start().toBigInteger().add(offset));
    }

    private static BigInteger width(HashRange range) {
        return range.end().toBigInteger().subtract(range.start().toBigInteger());
    }

    /** What one shard has been doing. */
    private static final class Watch {
        private static final long NOT = -1;

        private long hotSinceMs = NOT;
        private long coldSinceMs = NOT;
        // While it is hot.
        private long lowerBytes;
        private long upperBytes;
        private long hotRecords;

        void measured(
                long records,
                long lower,
                long upper,
                long now,
                long elapsedMs,
                ScalerSettings settings) {
            double bytesPerSecond = (lower + upper) * 1000.0 / elapsedMs;
            double recordsPerSecond = records * 1000.0 / elapsedMs;
            boolean hot =
                    bytesPerSecond >= settings.hotBytesPerSecond()
                            || recordsPerSecond >= settings.hotRecordsPerSecond();
            // Two shards merged at a quarter of hot each are far from being split again.
            boolean cold =
                    bytesPerSecond <= settings.hotBytesPerSecond() / 4.0
                            && recordsPerSecond <= settings.hotRecordsPerSecond() / 4.0;
            if (hot && hotSinceMs == NOT) {
                lowerBytes = 0;
                upperBytes = 0;
                hotRecords = 0;
            }
            hotSinceMs = since(hot, hotSinceMs, now - elapsedMs);
            coldSinceMs = since(cold, coldSinceMs, now - elapsedMs);
            lowerBytes += lower;
            upperBytes += upper;
            hotRecords += records;
        }

        boolean isHotFor(long ms, long now) {
            return hotSinceMs != NOT && now - hotSinceMs >= ms;
        }

        /** Bytes and records against each other as a shard's limits have them. */
        double rate(long now) {
            return (lowerBytes + upperBytes + 1000.0 * hotRecords) / Math.max(1, now - hotSinceMs);
        }

        boolean isColdFor(long ms, long now) {
            return coldSinceMs != NOT && now - coldSinceMs >= ms;
        }

        private static long since(boolean is, long before, long start) {
            if (!is) {
                return NOT;
            }
            return before == NOT ? start : before;
        }
    }
}
