package io.headrace.cluster.hot;

import io.headrace.store.ShardKey;
import io.headrace.store.Ticker;
import io.headrace.store.record.Block;
import io.headrace.store.shard.ReadResult;
import io.headrace.store.shard.ShardBounds;
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
    /** Behind by no more than this a reader may take himself for caught up. */
    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final int SHARDS_MAX = 100_000;

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

    /** Empty if the owner has to be asked. */
    public CompletableFuture<Optional<ReadResult>> read(
            ShardKey shard, long fromIndex, int recordsMax, int bytesMax) {
        var last = known.get(shard);
        if (last == null
                || ticker.nanos() - last.atNanos() > FRESH_NANOS
                || fromIndex < last.bounds().firstIndex()
                || fromIndex >= last.bounds().nextIndex()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return map.fromLater(shard, fromIndex)
                .thenApply(
                        blocks -> result(last.bounds(), blocks, fromIndex, recordsMax, bytesMax));
    }

    private static Optional<ReadResult> result(
            ShardBounds bounds, List<Block> blocks, long fromIndex, int recordsMax, int bytesMax) {
        // Only the owner has the key of what is encrypted.
        if (blocks.isEmpty() || blocks.stream().anyMatch(Block::isStoredEncrypted)) {
            return Optional.empty();
        }
        return Optional.of(ReadResult.of(bounds, fromIndex, blocks, recordsMax, bytesMax));
    }
}
