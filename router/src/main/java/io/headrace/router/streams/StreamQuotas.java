package io.headrace.router.streams;

import io.headrace.store.HashKey;
import io.headrace.store.Ticker;
import io.headrace.store.stream.LoadMeter;
import io.headrace.store.stream.ShardLoad;
import io.headrace.store.stream.ShardSpend;
import io.headrace.store.stream.StreamMode;
import io.headrace.store.stream.StreamPeers;
import io.headrace.store.stream.StreamState;
import java.util.List;
import java.util.Optional;

/**
 * What is asked before a shard is written or read and an operation called: the quotas where they
 * hold, and the meter of on-demand streams.
 */
public final class StreamQuotas {
    private final WriteAdmission writes;
    private final ReadAdmission reads;
    private final PushAdmission pushes;
    private final CallAdmission calls;
    private final LoadMeter meter;
    private final Optional<ShardRates> rates;

    private StreamQuotas(
            WriteAdmission writes,
            ReadAdmission reads,
            PushAdmission pushes,
            CallAdmission calls,
            LoadMeter meter,
            Optional<ShardRates> rates) {
        this.writes = writes;
        this.reads = reads;
        this.pushes = pushes;
        this.calls = calls;
        this.meter = meter;
        this.rates = rates;
    }

    /** The quotas AWS documents for shards, consumers and calls. */
    public static StreamQuotas aws(LoadMeter meter, Ticker ticker) {
        var rates = new ShardRates(ticker);
        return new StreamQuotas(
                metered(rates, meter),
                rates,
                new PushRates(ticker),
                new CallRates(ticker),
                meter,
                Optional.of(rates));
    }

    /** Whatever the machine takes. */
    public static StreamQuotas none(LoadMeter meter) {
        return new StreamQuotas(
                metered(WriteAdmission.UNLIMITED, meter),
                ReadAdmission.UNLIMITED,
                PushAdmission.UNLIMITED,
                CallAdmission.UNLIMITED,
                meter,
                Optional.empty());
    }

    /** Tells the other nodes what was taken of the quotas of shards through this one. */
    public void tell(StreamPeers peers) {
        rates.map(ShardRates::takeUntold)
                .filter(spends -> !spends.isEmpty())
                .ifPresent(peers::spent);
    }

    void heard(List<ShardSpend> spends) {
        rates.ifPresent(known -> known.heard(spends));
    }

    void heardLoads(List<ShardLoad> loads) {
        meter.heard(loads);
    }

    WriteAdmission writes() {
        return writes;
    }

    ReadAdmission reads() {
        return reads;
    }

    PushAdmission pushes() {
        return pushes;
    }

    CallAdmission calls() {
        return calls;
    }

    /**
     * Measures what is admitted to on-demand streams, by halves, so that a split can tell where to
     * cut.
     */
    private static WriteAdmission metered(WriteAdmission admission, LoadMeter meter) {
        return (stream, shard, key, bytes) -> {
            if (!admission.admit(stream, shard, key, bytes)) {
                return false;
            }
            if (stream.options().mode() == StreamMode.ON_DEMAND) {
                boolean upper = isUpperHalf(stream, shard, key);
                meter.load(stream.shardKey(shard)).add(1, upper ? 0 : bytes, upper ? bytes : 0);
            }
            return true;
        };
    }

    private static boolean isUpperHalf(StreamState stream, int shard, HashKey key) {
        var range = stream.shards().find(shard).orElseThrow().range();
        // The high halves suffice: a shard narrower than 2^64 keys is split no further.
        long width = range.end().high() - range.start().high();
        return Long.compareUnsigned(key.high() - range.start().high(), width >>> 1) > 0;
    }
}
