package io.headrace.store.consumer;

import io.headrace.store.ShardKey;
import io.headrace.store.shard.Shards;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a member until it is closed: one virtual thread keeps its leases, one more for each shard
 * held reads it, woken by commits.
 */
public final class RunningMember implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningMember.class);

    private final ConsumerMember member;
    private final Shards shards;
    private final Map<ShardKey, Thread> readers = new ConcurrentHashMap<>();
    private final Semaphore rebalance = new Semaphore(0);
    private final Thread balancer;
    private volatile boolean closed;

    public RunningMember(ConsumerMember member, Shards shards) {
        this.member = member;
        this.shards = shards;
        this.balancer = Thread.ofVirtual().name("consumer-balancer").unstarted(this::balance);
        balancer.start();
    }

    /** Waits for the handlers that run, then commits and gives the leases back. */
    @Override
    public void close() {
        closed = true;
        rebalance.release();
        try {
            balancer.join();
            for (var reader : readers.values()) {
                reader.join();
            }
            member.leave();
        } catch (InterruptedException e) {
            // A handler may still run: then its leases are not given back but end by themselves.
            Thread.currentThread().interrupt();
        }
    }

    private void balance() {
        while (!closed) {
            try {
                member.balance();
                for (var shard : member.held()) {
                    readers.computeIfAbsent(shard, this::startReader);
                }
                rebalance.tryAcquire(member.settings().leaseMs() / 3, TimeUnit.MILLISECONDS);
                rebalance.drainPermits();
            } catch (IOException | RuntimeException e) {
                // The leases end by themselves if this goes on.
                LOG.warn("a consumer's leases could not be renewed; it will try again", e);
                rest();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private Thread startReader(ShardKey shard) {
        return Thread.ofVirtual().name("consumer-" + shard).start(() -> read(shard));
    }

    private void read(ShardKey shard) {
        var commits = new Semaphore(0);
        try (var _ = shards.onCommit(shard, commits::release)) {
            boolean held = true;
            while (held && !closed) {
                commits.drainPermits();
                held =
                        switch (member.step(shard)) {
                            case HANDLED -> true;
                            case DROPPED -> false;
                            case IDLE -> {
                                // No commit wakes who waits for the lease before its own to end.
                                commits.tryAcquire(
                                        member.settings().leaseMs() / 10, TimeUnit.MILLISECONDS);
                                yield true;
                            }
                            case FAILED -> {
                                TimeUnit.MILLISECONDS.sleep(member.settings().retryAfterMs());
                                yield true;
                            }
                        };
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            readers.remove(shard);
            // Children may be readable now.
            rebalance.release();
        }
    }

    private void rest() {
        try {
            TimeUnit.MILLISECONDS.sleep(member.settings().retryAfterMs());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
