package io.headrace.benchmarks.cluster;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Puts one record after the other to each shard, every shard on its own, and notes when they were
 * acknowledged. What is refused or lost is sent again, over another connection.
 */
final class ShardWriters implements AutoCloseable {
    private static final int RECORD_BYTES = 100;
    private static final int ANSWER_BYTES = 1 << 10;
    private static final long AWAY_MS = 10;

    private final Map<Integer, ShardGaps> gaps = new TreeMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final LongAdder failures = new LongAdder();
    private final long pauseMs;
    private volatile List<URI> nodes;
    private volatile String lastRefusal = "";
    private volatile boolean stopped;

    /**
     * Begins at once.
     *
     * @param hashKeys of the shards by number
     * @param nodes that are asked, a shard always the same of them
     * @param pauseMs between an acknowledgement and the next record
     */
    ShardWriters(String stream, Map<Integer, BigInteger> hashKeys, List<URI> nodes, long pauseMs) {
        this.nodes = List.copyOf(nodes);
        this.pauseMs = pauseMs;
        for (int shard : hashKeys.keySet()) {
            gaps.put(shard, new ShardGaps());
        }
        hashKeys.forEach((shard, hashKey) -> threads.execute(() -> run(stream, shard, hashKey)));
    }

    private void run(String stream, int shard, BigInteger hashKey) {
        try {
            write(stream, shard, hashKey);
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    private void write(String stream, int shard, BigInteger hashKey) throws InterruptedException {
        var puts = new KinesisPuts(stream, true, RECORD_BYTES, new SplittableRandom(shard));
        var own = gaps(shard);
        @Nullable PutConnection connection = null;
        @Nullable URI connectedTo = null;
        while (!stopped) {
            var now = nodes;
            var node = now.get(shard % now.size());
            try {
                if (connection == null || !node.equals(connectedTo)) {
                    close(connection);
                    connection = new PutConnection(node, ANSWER_BYTES);
                    connectedTo = node;
                }
                long sent = System.nanoTime();
                if (connection.put(puts.putRecord(node, hashKey)) == 1) {
                    own.acknowledged(sent, System.nanoTime());
                    Thread.sleep(pauseMs);
                    continue;
                }
                lastRefusal = connection.lastAnswer();
            } catch (IOException e) {
                lastRefusal = e.toString();
                close(connection);
                connection = null;
            }
            failures.increment();
            Thread.sleep(AWAY_MS);
        }
        close(connection);
    }

    private static void close(@Nullable PutConnection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (IOException e) {
                // It was of no use any more.
                ClusterBench.say("a connection did not close: %s".formatted(e));
            }
        }
    }

    ShardGaps gaps(int shard) {
        var own = gaps.get(shard);
        if (own == null) {
            throw new IllegalArgumentException("nothing is written to shard " + shard);
        }
        return own;
    }

    /** Requests that were refused or lost so far. */
    long failures() {
        return failures.sum();
    }

    /** From now on only these nodes are asked; waits until none else is. */
    void ask(List<URI> only, long limitMs) throws InterruptedException {
        nodes = List.copyOf(only);
        mark();
        awaitBack(gaps.keySet(), limitMs);
    }

    /** Begins a measurement; returns the time of it, as {@link System#nanoTime} tells. */
    long mark() {
        long now = System.nanoTime();
        gaps.values().forEach(gap -> gap.mark(now));
        return now;
    }

    /**
     * Waits until these shards took a record that was sent after the mark.
     *
     * @throws IllegalStateException if that takes longer than the limit
     */
    void awaitBack(Collection<Integer> shards, long limitMs) throws InterruptedException {
        long begin = System.nanoTime();
        for (int shard : shards) {
            while (gaps(shard).back().isEmpty()) {
                if (System.nanoTime() - begin > limitMs * 1_000_000) {
                    throw new IllegalStateException(
                            "shard %d takes nothing for %d ms; the last refusal: %s"
                                    .formatted(shard, limitMs, lastRefusal));
                }
                Thread.sleep(2);
            }
        }
    }

    @Override
    public void close() {
        stopped = true;
        threads.shutdownNow();
        threads.close();
    }
}
