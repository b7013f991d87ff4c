package io.headrace.store.stream;

import io.headrace.store.ShardKey;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what is put to the shards of on-demand streams, between one step of the scaler and the
 * next. Any thread; {@link #load} once a batch, then no lock and no allocation.
 */
public final class LoadMeter {
    private final ConcurrentHashMap<ShardKey, Load> loads = new ConcurrentHashMap<>();

    /** The counters of a shard. */
    public Load load(ShardKey shard) {
        var load = loads.get(shard);
        return load != null ? load : loads.computeIfAbsent(shard, key -> new Load());
    }

    /** Forgets all other shards. */
    void retain(Set<ShardKey> shards) {
        loads.keySet().retainAll(shards);
    }

    int size() {
        return loads.size();
    }

    /** Records and bytes put to each half of a shard's range. */
    public static final class Load {
        private final LongAdder records = new LongAdder();
        private final LongAdder lowerBytes = new LongAdder();
        private final LongAdder upperBytes = new LongAdder();

        /** Adds a batch, or a record. */
        public void add(long recordCount, long bytesToLowerHalf, long bytesToUpperHalf) {
            records.add(recordCount);
            lowerBytes.add(bytesToLowerHalf);
            upperBytes.add(bytesToUpperHalf);
        }

        long takeRecords() {
            return records.sumThenReset();
        }

        long takeLowerBytes() {
            return lowerBytes.sumThenReset();
        }

        long takeUpperBytes() {
            return upperBytes.sumThenReset();
        }
    }
}
