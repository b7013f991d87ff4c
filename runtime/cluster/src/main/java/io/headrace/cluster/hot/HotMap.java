package io.headrace.cluster.hot;

import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionConfig;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MaxSizePolicy;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.map.IMap;
import com.hazelcast.spi.merge.DiscardMergePolicy;
import io.headrace.store.ShardKey;
import io.headrace.store.record.Block;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.shard.HotTier;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * The hot tier in a map of Hazelcast's: runs of blocks of a shard, by the index that they begin at,
 * on the node that the shard is placed on and, behind the commits, on one more. A bounded share of
 * each node's heap; what was not used for longest goes first. Any thread may call.
 */
public final class HotMap implements HotTier, AutoCloseable {
    private static final String NAME = "headrace.hot";
    private static final int KEPT_SECONDS = 600;

    /** To measure what the tier costs: {@code off}, or {@code single} for one without a backup. */
    private static final String PROPERTY = "headrace.test.hot-tier";

    /** As late as this a reader is better served by the store. */
    private static final long WAIT_MS_MAX = 50;

    private final HazelcastInstance hazelcast;
    private final IMap<String, byte[]> map;
    private final HotFill fill;
    private final boolean isFilled = !"off".equals(System.getProperty(PROPERTY));

    public HotMap(HazelcastInstance hazelcast) {
        this.hazelcast = hazelcast;
        map = hazelcast.getMap(NAME);
        fill = new HotFill((shard, first, run) -> map.setAsync(key(shard, first), run));
    }

    /**
     * What the map is; before Hazelcast starts.
     *
     * @param heapBytes the node's heap, of which it takes at most an eighth
     */
    public static void configure(Config config, long heapBytes) {
        var bound =
                new EvictionConfig()
                        .setEvictionPolicy(EvictionPolicy.LRU)
                        .setMaxSizePolicy(MaxSizePolicy.USED_HEAP_SIZE)
                        .setSize((int) Math.max(8, heapBytes >> 23));
        config.addMapConfig(
                new MapConfig(NAME)
                        .setInMemoryFormat(InMemoryFormat.BINARY)
                        .setBackupCount(0)
                        // A backup that a commit waited for would cost more than the commit.
                        .setAsyncBackupCount("single".equals(System.getProperty(PROPERTY)) ? 0 : 1)
                        .setTimeToLiveSeconds(KEPT_SECONDS)
                        .setStatisticsEnabled(true)
                        .setEvictionConfig(bound)
                        .setMergePolicyConfig(
                                new MergePolicyConfig()
                                        .setPolicy(DiscardMergePolicy.class.getName())));
    }

    @Override
    public void committed(ShardKey shard, Block stored) {
        // Alone, the owner has all of it on hand.
        if (isFilled && hazelcast.getCluster().getMembers().size() > 1) {
            fill.add(shard, stored);
        }
    }

    @Override
    public List<Block> from(ShardKey shard, long firstIndex) {
        try {
            return fromLater(shard, firstIndex)
                    .orTimeout(WAIT_MS_MAX, TimeUnit.MILLISECONDS)
                    .exceptionally(late -> List.of())
                    .join();
        } catch (CompletionException e) {
            return List.of();
        }
    }

    /** As {@link #from}, without waiting; whatever fails is a miss. */
    public CompletableFuture<List<Block>> fromLater(ShardKey shard, long firstIndex) {
        CompletionStage<byte[]> found;
        try {
            found = map.getAsync(key(shard, firstIndex));
        } catch (HazelcastInstanceNotActiveException e) {
            return CompletableFuture.completedFuture(List.of());
        }
        return found.handle((run, failure) -> run == null ? List.<Block>of() : blocks(shard, run))
                .toCompletableFuture();
    }

    private static List<Block> blocks(ShardKey shard, byte[] run) {
        var bytes = ByteBuffer.wrap(run);
        var blocks = new ArrayList<Block>();
        try {
            while (bytes.hasRemaining()) {
                var block = Block.read(bytes);
                if (!block.shard().equals(shard)) {
                    return List.of();
                }
                blocks.add(block);
            }
        } catch (DamagedBlockException e) {
            // The store has it undamaged.
            return List.of();
        }
        return blocks;
    }

    /** Bytes of this node's share, its backups of others' among them. */
    public long bytes() {
        var local = map.getLocalMapStats();
        return local.getOwnedEntryMemoryCost() + local.getBackupEntryMemoryCost();
    }

    @Override
    public void close() {
        fill.close();
    }

    /** What follows the at sign decides on which node an entry lies: as for the shard itself. */
    private static String key(ShardKey shard, long firstIndex) {
        return firstIndex + "@" + shard;
    }
}
