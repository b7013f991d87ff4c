package io.headrace.store.stream;

import io.headrace.store.ShardKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what is put to the shards of on-demand streams, through this node and others, between one
 * step of the scaler and the next. Any thread; {@link #load} once a batch, then no lock and no
 * allocation.
 */
public final class LoadMeter {
    private final ConcurrentHashMap<ShardKey, Load> loads = new ConcurrentHashMap<>();

    /** The counters of a shard. */
    public Load load(ShardKey shard) {
        var load = loads.get(shard);
        return load != null ? load : loads.computeIfAbsent(shard, key -> new Load());
    }

    /**
     * Takes what was counted here since the last time into account.
     *
     * @return that, for the other nodes
     */
    public List<ShardLoad> gather() {
        var gathered = new ArrayList<ShardLoad>();
        loads.forEach((shard, load) -> {
            var fresh = load.gather(shard);
            if (fresh.records() > 0) {
                gathered.add(fresh);
            }
        });
        return gathered;
    }

    /** Takes into account what other nodes counted. */
    public void heard(List<ShardLoad> counted) {
        counted.forEach(load -> load(load.shard()).heard(load));
    }

    /** What was taken into account since the last time. */
    ShardLoad take(ShardKey shard) {
        return load(shard).take(shard);
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

        /** What counts for the next step; guarded by this. */
        private long takenRecords;

        private long takenLowerBytes;
        private long takenUpperBytes;

        /** Adds a batch, or a record. */
        public void add(long recordCount, long bytesToLowerHalf, long bytesToUpperHalf) {
            records.add(recordCount);
            lowerBytes.add(bytesToLowerHalf);
            upperBytes.add(bytesToUpperHalf);
        }

        private ShardLoad gather(ShardKey shard) {
            var fresh =
                    new ShardLoad(
                            shard,
                            records.sumThenReset(),
                            lowerBytes.sumThenReset(),
                            upperBytes.sumThenReset());
            heard(fresh);
            return fresh;
        }

        private synchronized void heard(ShardLoad load) {
            takenRecords += load.records();
            takenLowerBytes += load.lowerBytes();
            takenUpperBytes += load.upperBytes();
        }

        private synchronized ShardLoad take(ShardKey shard) {
            var taken = new ShardLoad(shard, takenRecords, takenLowerBytes, takenUpperBytes);
            takenRecords = 0;
            takenLowerBytes = 0;
            takenUpperBytes = 0;
            return taken;
        }
    }
}
