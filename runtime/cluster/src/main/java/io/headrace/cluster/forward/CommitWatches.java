package io.headrace.cluster.forward;

import io.headrace.cluster.wire.Message;
import io.headrace.store.ShardKey;
import io.headrace.store.shard.Shards;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who on this node waits for commits, of shards anywhere. Each owner is asked once for all of its
 * shards, again when shards move, and anew a few times per lease; after each such step those who
 * wait are woken once, since nobody knows what they missed. Any thread; wake-ups are called without
 * a lock.
 */
final class CommitWatches {
    private static final Logger LOG = LoggerFactory.getLogger(CommitWatches.class);
    private static final long GATHER_MS = 10;
    private static final long RETRY_MS = 250;
    private static final int RENEWALS_PER_LEASE = 3;

    private static final class Watch {
        final List<Wake> wakes = new ArrayList<>();

        /** Who tells of commits; null if nobody does for certain. */
        @Nullable UUID source;

        Shards.@Nullable Registration local;
    }

    private final class Wake implements Shards.Registration {
        final ShardKey shard;
        final Runnable wakeUp;

        Wake(ShardKey shard, Runnable wakeUp) {
            this.shard = shard;
            this.wakeUp = wakeUp;
        }

        @Override
        public void close() {
            remove(this);
        }
    }

    private final Routes routes;
    private final Shards local;
    private final long renewMs;
    private final Map<ShardKey, Watch> watches = new HashMap<>();

    /** Who was asked for something, to be told when it is nothing any more. */
    private final Set<UUID> asked = new HashSet<>();

    /** Who tells of something that nobody waits for any more. */
    private final Set<UUID> unwanted = new HashSet<>();

    private final AtomicBoolean isSettling = new AtomicBoolean();
    private boolean renews;

    CommitWatches(Routes routes, Shards local, Duration lease) {
        this.routes = routes;
        this.local = local;
        this.renewMs = Math.max(1, lease.toMillis() / RENEWALS_PER_LEASE);
    }

    Shards.Registration add(ShardKey shard, Runnable wakeUp) {
        var wake = new Wake(shard, wakeUp);
        boolean isFirst;
        synchronized (this) {
            watches.computeIfAbsent(shard, key -> new Watch()).wakes.add(wake);
            isFirst = !renews;
            renews = true;
        }
        if (isFirst) {
            routes.after(renewMs, this::renew);
        }
        settleIn(GATHER_MS);
        return wake;
    }

    void placementChanged() {
        settleIn(GATHER_MS);
    }

    void committed(List<ShardKey> shards) {
        wake(shards);
    }

    private void remove(Wake wake) {
        Shards.Registration registration = null;
        synchronized (this) {
            var watch = watches.get(wake.shard);
            if (watch != null && watch.wakes.remove(wake) && watch.wakes.isEmpty()) {
                watches.remove(wake.shard);
                registration = watch.local;
                if (watch.source != null) {
                    unwanted.add(watch.source);
                }
            }
        }
        if (registration != null) {
            registration.close();
        }
        settleIn(GATHER_MS);
    }

    private void wake(Iterable<ShardKey> shards) {
        var wakeUps = new ArrayList<Runnable>();
        synchronized (this) {
            for (var shard : shards) {
                var watch = watches.get(shard);
                if (watch != null) {
                    watch.wakes.forEach(wake -> wakeUps.add(wake.wakeUp));
                }
            }
        }
        wakeUps.forEach(Runnable::run);
    }

    /** Soon, and once for all who ask until then. */
    private void settleIn(long delayMs) {
        if (isSettling.compareAndSet(false, true)) {
            routes.after(
                    delayMs,
                    () -> {
                        isSettling.set(false);
                        settle(false);
                    });
        }
    }

    private void renew() {
        settle(true);
        routes.after(renewMs, this::renew);
    }

    private void settle(boolean anew) {
        var byOwner = new HashMap<UUID, List<ShardKey>>();
        var fresh = new HashMap<UUID, List<ShardKey>>();
        synchronized (this) {
            for (var entry : watches.entrySet()) {
                var owner = routes.owner(entry.getKey());
                byOwner.computeIfAbsent(owner, key -> new ArrayList<>()).add(entry.getKey());
                if (anew || !owner.equals(entry.getValue().source)) {
                    fresh.computeIfAbsent(owner, key -> new ArrayList<>()).add(entry.getKey());
                }
            }
            for (var node : unwanted) {
                if (byOwner.containsKey(node) && !node.equals(routes.self())) {
                    fresh.putIfAbsent(node, List.of());
                }
            }
            unwanted.clear();
            // Who has nothing any more need not tell anything.
            asked.removeIf(node -> !routes.isMember(node));
            for (var node : asked) {
                if (byOwner.putIfAbsent(node, List.of()) == null) {
                    fresh.put(node, List.of());
                }
            }
        }
        fresh.forEach((owner, shards) -> {
            if (owner.equals(routes.self())) {
                register(shards);
            } else {
                subscribe(owner, byOwner.getOrDefault(owner, List.of()), shards, anew);
            }
        });
    }

    private void register(List<ShardKey> shards) {
        for (var shard : shards) {
            var registration = local.onCommit(shard, () -> wake(List.of(shard)));
            Shards.Registration before = registration;
            synchronized (this) {
                var watch = watches.get(shard);
                if (watch != null) {
                    before = watch.local;
                    watch.local = registration;
                    watch.source = routes.self();
                }
            }
            if (before != null) {
                before.close();
            }
        }
        wake(shards);
    }

    private void subscribe(UUID owner, List<ShardKey> all, List<ShardKey> fresh, boolean anew) {
        synchronized (this) {
            if (all.isEmpty()) {
                asked.remove(owner);
            } else {
                asked.add(owner);
            }
        }
        var _ =
                routes.call(owner, new Message.Subscribe(all, anew), renewMs)
                        .whenComplete((answer, failure) -> {
                            if (failure != null) {
                                LOG.debug("node {} does not tell of commits yet", owner, failure);
                            }
                            told(owner, fresh, failure == null);
                        });
    }

    private void told(UUID owner, List<ShardKey> fresh, boolean isHeard) {
        var dropped = new ArrayList<Shards.Registration>();
        synchronized (this) {
            for (var shard : fresh) {
                var watch = watches.get(shard);
                if (watch != null) {
                    watch.source = isHeard ? owner : null;
                    if (watch.local != null) {
                        dropped.add(watch.local);
                        watch.local = null;
                    }
                }
            }
        }
        dropped.forEach(Shards.Registration::close);
        if (isHeard) {
            wake(fresh);
        } else if (!fresh.isEmpty()) {
            settleIn(RETRY_MS);
        }
    }
}
