package io.headrace.router.streams;

import io.headrace.store.ErrorCode;
import io.headrace.store.HashKey;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.Ticker;
import io.headrace.store.shard.ReadResult;
import io.headrace.store.stream.ShardSpend;
import io.headrace.store.stream.StreamState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The documented quotas of a shard: 1 MiB/s and 1,000 records/s in, 5 reads/s, 5 iterators/s and 2
 * MiB/s out. Each is a bucket that fills at the rate and holds one second of it; a record or answer
 * larger than a bucket needs it full and leaves a debt. What is taken through other nodes counts
 * when they tell of it. Any thread.
 */
final class ShardRates implements WriteAdmission, ReadAdmission {
    private static final double WRITE_BYTES = 1 << 20;
    private static final double WRITE_RECORDS = 1000;
    private static final double READ_CALLS = 5;
    private static final double ITERATORS = 5;
    private static final double READ_BYTES = 2 << 20;
    private static final int SHARDS_SWEEP = 10_000;
    private static final long IDLE_NANOS_MAX = 60_000_000_000L;

    private final ConcurrentHashMap<ShardKey, Buckets> shards = new ConcurrentHashMap<>();
    private final Ticker ticker;
    private volatile int sweepAt = SHARDS_SWEEP;

    ShardRates(Ticker ticker) {
        this.ticker = ticker;
    }

    /** What is left of each quota; guarded by itself. */
    private static final class Buckets {
        private long nanos;
        private double writeBytes = WRITE_BYTES;
        private double writeRecords = WRITE_RECORDS;
        private double readCalls = READ_CALLS;
        private double iterators = ITERATORS;
        private double readBytes = READ_BYTES;
        private ShardSpend untold;

        private Buckets(ShardKey shard, long nanos) {
            this.nanos = nanos;
            untold = new ShardSpend(shard, 0, 0, 0, 0, 0);
        }

        /** What a client took through this node. */
        private void spend(long records, long bytes, long reads, long iteratorCalls, long out) {
            writeRecords -= records;
            writeBytes -= bytes;
            readCalls -= reads;
            iterators -= iteratorCalls;
            readBytes -= out;
            untold =
                    new ShardSpend(
                            untold.shard(),
                            untold.records() + records,
                            untold.bytes() + bytes,
                            untold.reads() + reads,
                            untold.iterators() + iteratorCalls,
                            untold.readBytes() + out);
        }

        private void heard(ShardSpend spend) {
            writeRecords -= spend.records();
            writeBytes -= spend.bytes();
            readCalls -= spend.reads();
            iterators -= spend.iterators();
            readBytes -= spend.readBytes();
        }

        private void fill(long now) {
            double seconds = (now - nanos) / 1e9;
            nanos = now;
            writeBytes = Math.min(WRITE_BYTES, writeBytes + seconds * WRITE_BYTES);
            writeRecords = Math.min(WRITE_RECORDS, writeRecords + seconds * WRITE_RECORDS);
            readCalls = Math.min(READ_CALLS, readCalls + seconds * READ_CALLS);
            iterators = Math.min(ITERATORS, iterators + seconds * ITERATORS);
            readBytes = Math.min(READ_BYTES, readBytes + seconds * READ_BYTES);
        }
    }

    @Override
    public boolean admit(StreamState stream, int shard, HashKey key, int bytes) {
        var buckets = buckets(stream.shardKey(shard));
        synchronized (buckets) {
            buckets.fill(ticker.nanos());
            if (buckets.writeRecords < 1 || buckets.writeBytes < Math.min(bytes, WRITE_BYTES)) {
                return false;
            }
            buckets.spend(1, bytes, 0, 0, 0);
            return true;
        }
    }

    @Override
    public void admitRead(StreamState stream, int shard) {
        var buckets = buckets(stream.shardKey(shard));
        synchronized (buckets) {
            buckets.fill(ticker.nanos());
            if (buckets.readCalls < 1 || buckets.readBytes < 0) {
                throw exceeded(stream, shard);
            }
            buckets.spend(0, 0, 1, 0, 0);
        }
    }

    @Override
    public void admitIterator(StreamState stream, int shard) {
        var buckets = buckets(stream.shardKey(shard));
        synchronized (buckets) {
            buckets.fill(ticker.nanos());
            if (buckets.iterators < 1) {
                throw exceeded(stream, shard);
            }
            buckets.spend(0, 0, 0, 1, 0);
        }
    }

    private static RefusedException exceeded(StreamState stream, int shard) {
        return new RefusedException(
                ErrorCode.THROUGHPUT_EXCEEDED,
                "Rate exceeded for shard shardId-%012d in stream %s under account %s."
                        .formatted(shard, stream.name().name(), stream.name().accountId()));
    }

    @Override
    public void countRead(StreamState stream, int shard, ReadResult result) {
        long bytes = bytes(result);
        var buckets = buckets(stream.shardKey(shard));
        synchronized (buckets) {
            buckets.fill(ticker.nanos());
            // A large answer forgoes the burst: 10 MiB are followed by five seconds of none.
            if (bytes > READ_BYTES) {
                buckets.readBytes = 0;
            }
            buckets.spend(0, 0, 0, 0, bytes);
        }
    }

    /** What was taken through this node since the last time, of each shard that anything was of. */
    List<ShardSpend> takeUntold() {
        var taken = new ArrayList<ShardSpend>();
        for (var buckets : shards.values()) {
            synchronized (buckets) {
                var untold = buckets.untold;
                var nothing = new ShardSpend(untold.shard(), 0, 0, 0, 0, 0);
                if (!untold.equals(nothing)) {
                    taken.add(untold);
                    buckets.untold = nothing;
                }
            }
        }
        return taken;
    }

    /** What was taken through other nodes. */
    void heard(List<ShardSpend> spends) {
        for (var spend : spends) {
            var buckets = buckets(spend.shard());
            synchronized (buckets) {
                buckets.fill(ticker.nanos());
                buckets.heard(spend);
            }
        }
    }

    /** About what was read: a part of a block counts for its share of the block. */
    static long bytes(ReadResult result) {
        long bytes = 0;
        for (var slice : result.slices()) {
            long part = slice.toIndex() - slice.fromIndex();
            bytes += slice.block().length() * part / slice.block().count();
        }
        return bytes;
    }

    private Buckets buckets(ShardKey shard) {
        var known = shards.get(shard);
        if (known != null) {
            return known;
        }
        if (shards.size() >= sweepAt) {
            sweep();
        }
        return shards.computeIfAbsent(shard, key -> new Buckets(key, ticker.nanos()));
    }

    /** Forgets shards idle for so long that their buckets are full again. */
    private void sweep() {
        long now = ticker.nanos();
        shards.values()
                .removeIf(buckets -> {
                    synchronized (buckets) {
                        return now - buckets.nanos > IDLE_NANOS_MAX;
                    }
                });
        sweepAt = Math.max(SHARDS_SWEEP, shards.size() * 2);
    }
}
