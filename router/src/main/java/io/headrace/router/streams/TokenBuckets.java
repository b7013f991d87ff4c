package io.headrace.router.streams;

import io.headrace.store.Ticker;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Buckets that fill at a rate and hold one second of it, one for each key that is in use. Any
 * thread.
 *
 * @param <K> what is counted
 */
final class TokenBuckets<K> {
    private static final int SWEEP_MIN = 10_000;

    private final ConcurrentHashMap<K, Bucket> buckets = new ConcurrentHashMap<>();
    private final Ticker ticker;
    private volatile int sweepAt = SWEEP_MIN;

    TokenBuckets(Ticker ticker) {
        this.ticker = ticker;
    }

    /** Guarded by itself. */
    private static final class Bucket {
        private final double perSecond;
        private double tokens;
        private long nanos;

        private Bucket(double perSecond, long nanos) {
            this.perSecond = perSecond;
            this.nanos = nanos;
            tokens = perSecond;
        }

        private void fill(long now) {
            tokens = Math.min(perSecond, tokens + (now - nanos) / 1e9 * perSecond);
            nanos = now;
        }

        private synchronized boolean take(long now) {
            fill(now);
            if (tokens < 1) {
                return false;
            }
            tokens -= 1;
            return true;
        }

        private synchronized void add(double more, long now) {
            fill(now);
            tokens = Math.min(perSecond, tokens + more);
        }

        private synchronized double tokens(long now) {
            fill(now);
            return tokens;
        }
    }

    /** Takes one; false if there is none. */
    boolean take(K key, double perSecond) {
        return bucket(key, perSecond).take(ticker.nanos());
    }

    /** Puts back one that was taken. */
    void putBack(K key) {
        var bucket = buckets.get(key);
        if (bucket != null) {
            bucket.add(1, ticker.nanos());
        }
    }

    /** Takes so many, though the bucket may owe them then. */
    void spend(K key, double perSecond, double tokens) {
        bucket(key, perSecond).add(-tokens, ticker.nanos());
    }

    /** Nanoseconds until the bucket owes nothing; 0 if it does not. */
    long owedNanos(K key, double perSecond) {
        double tokens = bucket(key, perSecond).tokens(ticker.nanos());
        return tokens >= 0 ? 0 : (long) Math.ceil(-tokens / perSecond * 1e9);
    }

    int size() {
        return buckets.size();
    }

    private Bucket bucket(K key, double perSecond) {
        var known = buckets.get(key);
        if (known != null) {
            return known;
        }
        if (buckets.size() >= sweepAt) {
            sweep();
        }
        return buckets.computeIfAbsent(key, _ -> new Bucket(perSecond, ticker.nanos()));
    }

    /** Forgets the full ones: they are as good as new. */
    private void sweep() {
        long now = ticker.nanos();
        buckets.values().removeIf(bucket -> bucket.tokens(now) >= bucket.perSecond);
        sweepAt = Math.max(SWEEP_MIN, buckets.size() * 2);
    }
}
