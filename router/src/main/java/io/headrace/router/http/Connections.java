package io.headrace.router.http;

import io.headrace.store.Ticker;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * All connections of the node: counts them, refuses too many, and makes each event loop look at its
 * own connections' deadlines a few times a second. One timer a loop instead of several a request:
 * most deadlines never strike. Any thread.
 */
final class Connections {
    private static final long SWEEP_MS_MAX = 500;
    private static final long SWEEP_MS_MIN = 10;

    private final HttpLimits limits;
    private final Ticker ticker;
    private volatile boolean draining;
    private final ByteBudget inFlight;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong refused = new AtomicLong();
    private final ConcurrentHashMap<EventLoop, Watch> watches = new ConcurrentHashMap<>();

    Connections(HttpLimits limits, Ticker ticker, ByteBudget inFlight) {
        this.limits = limits;
        this.inFlight = inFlight;
        this.ticker = ticker;
    }

    /** Puts a guard on a channel just accepted, or says that it is not wanted. */
    boolean admit(Channel channel) {
        if (draining) {
            return false;
        }
        if (open.incrementAndGet() > limits.connectionsMax()) {
            open.decrementAndGet();
            refused.incrementAndGet();
            return false;
        }
        channel.closeFuture().addListener(closed -> open.decrementAndGet());
        channel.pipeline().addFirst("guard", new ConnectionGuard(channel, limits, ticker, this));
        return true;
    }

    ByteBudget inFlight() {
        return inFlight;
    }

    int open() {
        return open.get();
    }

    long refused() {
        return refused.get();
    }

    /** On the guard's event loop. */
    void watch(ConnectionGuard guard) {
        watchOf(guard.channel().eventLoop()).guards.add(guard);
    }

    /** On the guard's event loop. */
    void forget(ConnectionGuard guard) {
        watchOf(guard.channel().eventLoop()).guards.remove(guard);
    }

    /** Takes no more, and ends all open event streams in good order, each on its own loop. */
    void drain() {
        draining = true;
        watches.forEach((loop, watch) -> loop.execute(watch::drain));
    }

    private Watch watchOf(EventLoop loop) {
        return watches.computeIfAbsent(loop, this::startWatch);
    }

    private Watch startWatch(EventLoop loop) {
        var watch = new Watch(ticker);
        long periodMs = sweepPeriodMs();
        var _ = loop.scheduleAtFixedRate(watch::sweep, periodMs, periodMs, TimeUnit.MILLISECONDS);
        return watch;
    }

    /** Deadlines strike late by at most a quarter of the shortest. */
    private long sweepPeriodMs() {
        long shortestMs =
                List.of(
                                limits.headerDeadline(),
                                limits.bodyDeadline(),
                                limits.idleDeadline(),
                                limits.answerDeadline(),
                                limits.admissionDeadline())
                        .stream()
                        .mapToLong(deadline -> deadline.toMillis())
                        .min()
                        .orElse(SWEEP_MS_MAX);
        return Math.clamp(shortestMs / 4, SWEEP_MS_MIN, SWEEP_MS_MAX);
    }

    /** The connections of one event loop; only that loop touches it. */
    private static final class Watch {
        private final Ticker ticker;
        private final LinkedHashSet<ConnectionGuard> guards = new LinkedHashSet<>();

        Watch(Ticker ticker) {
            this.ticker = ticker;
        }

        void sweep() {
            long now = ticker.nanos();
            // A copy: what strikes may close its connection, which leaves the set.
            for (var guard : new ArrayList<>(guards)) {
                guard.sweep(now);
            }
        }

        void drain() {
            for (var guard : new ArrayList<>(guards)) {
                guard.drain();
            }
        }
    }
}
