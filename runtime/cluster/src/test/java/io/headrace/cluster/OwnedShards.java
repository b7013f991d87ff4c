package io.headrace.cluster;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.record.Block;
import io.headrace.store.record.BlockBuilder;
import io.headrace.store.record.RecordBatch;
import io.headrace.store.shard.AppendResult;
import io.headrace.store.shard.ReadResult;
import io.headrace.store.shard.ShardBounds;
import io.headrace.store.shard.Shards;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A node's shards over a "store" that several nodes share: a map of blocks. Serves what {@code
 * isHere} says and refuses the rest; can hold answers back, and can store without answering. Any
 * thread.
 */
public final class OwnedShards implements Shards, Ownership {
    /** What all nodes store into, as they would into one object store. */
    public static final class Disk {
        private final Map<ShardKey, List<Block>> blocks = new HashMap<>();
        private final Set<ShardKey> ended = new HashSet<>();

        private synchronized List<Block> blocks(ShardKey shard) {
            return blocks.computeIfAbsent(shard, key -> new ArrayList<>());
        }

        /** Keys and data of all records of a shard, in order. */
        public synchronized List<String> records(ShardKey shard) {
            return blocks(shard).stream().flatMap(block -> Batches.texts(block).stream()).toList();
        }
    }

    private record Listener(Runnable wakeUp) {}

    private final Disk disk;
    private final String journalId;
    private final Map<ShardKey, List<Listener>> listeners = new HashMap<>();
    private final Set<ShardKey> used = new HashSet<>();
    private final List<Runnable> held = new ArrayList<>();
    private volatile Predicate<ShardKey> isHere = shard -> true;
    private boolean holds;
    private int appends;

    public OwnedShards(Disk disk, String journalId) {
        this.disk = disk;
        this.journalId = journalId;
    }

    public void serve(Predicate<ShardKey> placed) {
        isHere = placed;
    }

    /** Appends are stored from now on, but not answered before {@link #letGo}. */
    public synchronized void hold() {
        holds = true;
    }

    public void letGo() {
        List<Runnable> answers;
        synchronized (this) {
            holds = false;
            answers = List.copyOf(held);
            held.clear();
        }
        answers.forEach(Runnable::run);
    }

    public synchronized int held() {
        return held.size();
    }

    /** How many appends came, refused ones included. */
    public synchronized int appends() {
        return appends;
    }

    @Override
    public synchronized CompletableFuture<AppendResult> append(ShardKey shard, RecordBatch batch) {
        appends++;
        if (!isHere.test(shard)) {
            return elsewhere();
        }
        used.add(shard);
        if (disk.ended.contains(shard)) {
            return CompletableFuture.completedFuture(new AppendResult.Closed());
        }
        var blocks = disk.blocks(shard);
        long first = blocks.isEmpty() ? 0 : blocks.getLast().nextIndex();
        blocks.add(BlockBuilder.sealAlone(batch, shard, 1, first, 1000 + first));
        var result = new AppendResult.Committed(first, 1000 + first);
        if (holds) {
            var answer = new CompletableFuture<AppendResult>();
            held.add(() -> answer.complete(result));
            return answer;
        }
        List.copyOf(listeners.getOrDefault(shard, List.of()))
                .forEach(listener -> listener.wakeUp().run());
        return CompletableFuture.completedFuture(result);
    }

    @Override
    public CompletableFuture<ReadResult> read(
            ShardKey shard, long fromIndex, int recordsMax, int bytesMax) {
        return here(
                shard,
                () -> {
                    var slices = new ArrayList<ReadResult.Slice>();
                    long next = fromIndex;
                    for (var block : disk.blocks(shard)) {
                        long to = Math.min(block.nextIndex(), fromIndex + recordsMax);
                        if (block.nextIndex() > next && to > next) {
                            slices.add(new ReadResult.Slice(block, next, to));
                            next = to;
                        }
                    }
                    return new ReadResult(slices, next, limits(shard));
                });
    }

    @Override
    public CompletableFuture<Long> indexAt(ShardKey shard, long arrivalMs) {
        return here(
                shard,
                () ->
                        disk.blocks(shard).stream()
                                .filter(block -> block.arrivalMs() >= arrivalMs)
                                .map(Block::firstIndex)
                                .findFirst()
                                .orElse(limits(shard).nextIndex()));
    }

    @Override
    public CompletableFuture<ShardBounds> bounds(ShardKey shard) {
        return here(shard, () -> limits(shard));
    }

    @Override
    public synchronized Registration onCommit(ShardKey shard, Runnable wakeUp) {
        var mine = new Listener(wakeUp);
        listeners.computeIfAbsent(shard, key -> new ArrayList<>()).add(mine);
        return () -> {
            synchronized (this) {
                listeners.getOrDefault(shard, new ArrayList<>()).remove(mine);
            }
        };
    }

    public synchronized int listeners(ShardKey shard) {
        return listeners.getOrDefault(shard, List.of()).size();
    }

    @Override
    public CompletableFuture<ShardBounds> close(ShardKey shard) {
        return here(
                shard,
                () -> {
                    disk.ended.add(shard);
                    return limits(shard);
                });
    }

    @Override
    public CompletableFuture<Void> delete(ShardKey shard) {
        return here(
                        shard,
                        () -> {
                            disk.blocks.remove(shard);
                            return true;
                        })
                .thenAccept(done -> {});
    }

    @Override
    public CompletableFuture<Void> prepareRelease(ShardKey shard) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized CompletableFuture<Void> release(ShardKey shard) {
        used.remove(shard);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> prepareRelease() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized List<Owned> owned() {
        return used.stream()
                .map(shard -> new Owned(shard, 1, limits(shard).nextIndex(), 0, 0))
                .toList();
    }

    @Override
    public String journalId() {
        return journalId;
    }

    private ShardBounds limits(ShardKey shard) {
        var blocks = disk.blocks(shard);
        long next = blocks.isEmpty() ? 0 : blocks.getLast().nextIndex();
        return new ShardBounds(0, next, disk.ended.contains(shard), 1000);
    }

    private synchronized <T extends @Nullable Object> CompletableFuture<T> here(
            ShardKey shard, Supplier<T> answer) {
        return isHere.test(shard) ? CompletableFuture.completedFuture(answer.get()) : elsewhere();
    }

    private static <T extends @Nullable Object> CompletableFuture<T> elsewhere() {
        return CompletableFuture.failedFuture(
                new RefusedException(ErrorCode.NOT_OWNER, "not here"));
    }
}
