package io.headrace.cluster.hot;

import io.headrace.store.ShardKey;
import io.headrace.store.record.Block;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Brings committed blocks to the hot tier, behind the commits: joins what came of a shard meanwhile
 * to one run, since each entry costs far more than its bytes. What there is no room for is left
 * out.
 */
final class HotFill implements AutoCloseable {
    private static final long WAITING_BYTES_MAX = 16 << 20;
    private static final int RUN_BYTES_MAX = 256 << 10;
    private static final int UNDER_WAY_MAX = 8;

    private final Sink sink;
    private final BlockingQueue<Committed> waiting = new LinkedBlockingQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final Semaphore room = new Semaphore(UNDER_WAY_MAX);
    private final Thread thread;

    private record Committed(ShardKey shard, Block block) {}

    /** Where runs go; done when there is room for another. */
    @FunctionalInterface
    interface Sink {
        CompletionStage<?> put(ShardKey shard, long firstIndex, byte[] run);
    }

    HotFill(Sink sink) {
        this.sink = sink;
        thread = Thread.ofVirtual().name("hot-fill").start(this::run);
    }

    /** Hands a block over, in the order of its shard; any thread, never waits. */
    void add(ShardKey shard, Block block) {
        if (waitingBytes.get() + block.length() <= WAITING_BYTES_MAX) {
            waitingBytes.addAndGet(block.length());
            waiting.add(new Committed(shard, block));
        }
    }

    private void run() {
        var taken = new ArrayList<Committed>();
        try {
            while (true) {
                taken.add(waiting.take());
                waiting.drainTo(taken);
                for (var run : runs(taken)) {
                    put(run);
                }
                taken.clear();
            }
        } catch (InterruptedException e) {
            // Closed: what waits here is in the journal.
            Thread.currentThread().interrupt();
        }
    }

    private void put(List<Committed> run) throws InterruptedException {
        int bytes = run.stream().mapToInt(committed -> committed.block().length()).sum();
        var joined = new byte[bytes];
        int at = 0;
        for (var committed : run) {
            committed.block().content().get(joined, at, committed.block().length());
            at += committed.block().length();
        }
        waitingBytes.addAndGet(-bytes);
        var first = run.getFirst();
        room.acquire();
        try {
            sink.put(first.shard(), first.block().firstIndex(), joined)
                    .whenComplete((done, failure) -> room.release());
        } catch (RuntimeException e) {
            // Hazelcast is ending: so does the tier.
            room.release();
        }
    }

    /** Blocks of a shard that follow one another, up to a run's size. */
    private static List<List<Committed>> runs(List<Committed> taken) {
        var runs = new ArrayList<List<Committed>>();
        Map<ShardKey, List<Committed>> open = new LinkedHashMap<>();
        for (var committed : taken) {
            var run = open.get(committed.shard());
            if (run == null || !fits(run, committed.block())) {
                run = new ArrayList<>();
                runs.add(run);
                open.put(committed.shard(), run);
            }
            run.add(committed);
        }
        return runs;
    }

    private static boolean fits(List<Committed> run, Block next) {
        var last = run.getLast().block();
        int bytes = next.length();
        for (var committed : run) {
            bytes += committed.block().length();
        }
        return last.nextIndex() == next.firstIndex()
                && last.epoch() == next.epoch()
                && bytes <= RUN_BYTES_MAX;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
