package io.headrace.cluster.hot;

import io.headrace.store.ShardKey;
import io.headrace.store.Ticker;
import io.headrace.store.record.Block;
import io.headrace.store.shard.ReadResult;
import io.headrace.store.shard.ShardBounds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Serves reads of shards that others own from the hot tier. How far a shard goes its owner says,
 * several times a second; whoever has read as far asks him. Any thread may call, and never waits.
 */
public final class HotReads {
    /** How old what is known of a shard's end may be for those who are not there yet. */
    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final int SHARDS_MAX = 100_000;

    /** Of an answer; many small ones are sooner had from their owner in one piece. */
    private static final int RUNS_MAX = 16;

    private final HotMap map;
    private final Ticker ticker;
    private final ConcurrentHashMap<ShardKey, Known> known = new ConcurrentHashMap<>();

    private record Known(ShardBounds bounds, long atNanos) {}

    public HotReads(HotMap map, Ticker ticker) {
        this.map = map;
        this.ticker = ticker;
    }

    /** What its owner said of a shard just now. */
    public void learn(ShardKey shard, ShardBounds bounds) {
        if (known.size() < SHARDS_MAX || known.containsKey(shard)) {
            known.put(shard, new Known(bounds, ticker.nanos()));
        }
    }

    /**
     * Empty if the owner has to be asked: for what is not all here, and at the end as it was known
     * here, where there may be more by now. So nothing is left out that was acknowledged before.
     */
    public CompletableFuture<Optional<ReadResult>> read(
            ShardKey shard, long fromIndex, int recordsMax, int bytesMax) {
        var last = known.get(shard);
        if (last == null
                || ticker.nanos() - last.atNanos() > FRESH_NANOS
                || fromIndex < last.bounds().firstIndex()
                || fromIndex >= last.bounds().nextIndex()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return new Read(shard, last.bounds(), fromIndex, recordsMax, bytesMax).more();
    }

    /** Puts one answer together from runs that follow one another. */
    private final class Read {
        private final ShardKey shard;
        private final ShardBounds bounds;
        private final long fromIndex;
        private final int recordsMax;
        private final int bytesMax;
        private final List<Block> blocks = new ArrayList<>();
        private int runs;

        Read(ShardKey shard, ShardBounds bounds, long fromIndex, int recordsMax, int bytesMax) {
            this.shard = shard;
            this.bounds = bounds;
            this.fromIndex = fromIndex;
            this.recordsMax = recordsMax;
            this.bytesMax = bytesMax;
        }

        CompletableFuture<Optional<ReadResult>> more() {
            long next = blocks.isEmpty() ? fromIndex : blocks.getLast().nextIndex();
            if (runs++ == RUNS_MAX || next >= bounds.nextIndex()) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
            return map.fromLater(shard, next).thenCompose(this::with);
        }

        private CompletableFuture<Optional<ReadResult>> with(List<Block> run) {
            // Only the owner has the key of what is encrypted.
            if (run.isEmpty() || run.stream().anyMatch(Block::isStoredEncrypted)) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
            blocks.addAll(run);
            var result = ReadResult.of(bounds, fromIndex, blocks, recordsMax, bytesMax);
            return result.nextIndex() < blocks.getLast().nextIndex()
                    ? CompletableFuture.completedFuture(Optional.of(result))
                    : more();
        }
    }
}
