package io.headrace.router.streams;

import io.headrace.store.ErrorCode;
import io.headrace.store.HashKey;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.Ticker;
import io.headrace.store.shard.ReadResult;
import io.headrace.store.stream.StreamState;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The documented quotas of a shard: 1 MiB/s and 1,000 records/s in, 5 reads/s, 5 iterators/s and 2
 * MiB/s out. Each is a bucket that fills at the rate and holds one second of it; a record or answer
 * larger than a bucket needs it full and leaves a debt. Any thread.
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

        private Buckets(long nanos) {
            this.nanos = nanos;
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
            buckets.writeRecords -= 1;
            buckets.writeBytes -= bytes;
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
            buckets.readCalls -= 1;
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
            buckets.iterators -= 1;
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
            buckets.readBytes = bytes > READ_BYTES ? -bytes : buckets.readBytes - bytes;
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
        return shards.computeIfAbsent(shard, _ -> new Buckets(ticker.nanos()));
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
