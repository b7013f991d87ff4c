package io.headrace.cluster.forward;

import io.headrace.cluster.wire.Message;
import io.headrace.store.ShardKey;
import io.headrace.store.Ticker;
import io.headrace.store.shard.Shards;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells other nodes of commits to this node's shards: per node one message at a time, with all
 * shards that had commits since the one before. Ends what is not renewed. Any thread.
 */
final class CommitFeeds {
    private static final long TOLD_MAX_MS = 3000;
    private static final long RETRY_MS = 100;

    private final Routes routes;
    private final Shards local;
    private final Ticker ticker;
    private final long leaseNanos;
    private final ConcurrentHashMap<UUID, Feed> feeds = new ConcurrentHashMap<>();

    CommitFeeds(Routes routes, Shards local, Ticker ticker, Duration lease) {
        this.routes = routes;
        this.local = local;
        this.ticker = ticker;
        this.leaseNanos = lease.toNanos();
    }

    /** Takes the place of what the node asked for before. */
    void subscribe(UUID node, Message.Subscribe wanted) {
        feeds.computeIfAbsent(node, Feed::new).replace(wanted);
        endOverdue();
    }

    void end(UUID node) {
        var feed = feeds.remove(node);
        if (feed != null) {
            feed.end();
        }
    }

    /** Ends what was not renewed; often enough with every subscription. */
    private void endOverdue() {
        feeds.forEach((node, feed) -> {
            if (feed.isOverdue() && feeds.remove(node, feed)) {
                feed.end();
            }
        });
    }

    private final class Feed {
        private final UUID node;

        /** Guarded by itself, and not with what a commit needs: a shard may hold a lock there. */
        private final Map<ShardKey, Shards.Registration> registrations = new HashMap<>();

        private final Set<ShardKey> dirty = new HashSet<>();
        private boolean isTelling;
        private volatile long renewedNanos;

        Feed(UUID node) {
            this.node = node;
            renewedNanos = ticker.nanos();
        }

        boolean isOverdue() {
            return ticker.nanos() - renewedNanos >= leaseNanos || !routes.isMember(node);
        }

        void replace(Message.Subscribe wanted) {
            renewedNanos = ticker.nanos();
            var ended = new ArrayList<Shards.Registration>();
            synchronized (registrations) {
                var shards = new HashSet<>(wanted.shards());
                registrations
                        .entrySet()
                        .removeIf(entry -> {
                            boolean goes = wanted.anew() || !shards.contains(entry.getKey());
                            if (goes) {
                                ended.add(entry.getValue());
                            }
                            return goes;
                        });
                for (var shard : shards) {
                    registrations.computeIfAbsent(
                            shard, key -> local.onCommit(key, () -> committed(key)));
                }
            }
            ended.forEach(Shards.Registration::close);
        }

        void end() {
            synchronized (registrations) {
                registrations.values().forEach(Shards.Registration::close);
                registrations.clear();
            }
        }

        private void committed(ShardKey shard) {
            synchronized (this) {
                dirty.add(shard);
                if (isTelling) {
                    return;
                }
                isTelling = true;
            }
            tell();
        }

        private synchronized void keep(List<ShardKey> shards) {
            dirty.addAll(shards);
        }

        private void tell() {
            List<ShardKey> shards;
            synchronized (this) {
                if (dirty.isEmpty() || isOverdue()) {
                    isTelling = false;
                    return;
                }
                shards = new ArrayList<>(dirty);
                dirty.clear();
            }
            var _ =
                    routes.call(node, new Message.Committed(shards), TOLD_MAX_MS)
                            .whenComplete((answer, failure) -> {
                                if (failure == null) {
                                    tell();
                                } else {
                                    keep(shards);
                                    routes.after(RETRY_MS, this::tell);
                                }
                            });
        }
    }
}
