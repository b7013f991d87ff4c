package io.headrace.cluster;

import io.headrace.cluster.forward.ClusterShards;
import io.headrace.cluster.forward.ForwardSettings;
import io.headrace.cluster.forward.Routes;
import io.headrace.cluster.forward.ShardDesk;
import io.headrace.cluster.hot.HotMap;
import io.headrace.cluster.hot.HotReads;
import io.headrace.cluster.member.ClusterMember;
import io.headrace.cluster.member.ClusterSettings;
import io.headrace.cluster.wire.Message;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.Ticker;
import io.headrace.store.shard.ClusterView;
import io.headrace.store.shard.Shards;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * This node's part in a cluster, in the order it is used: join, give the store its {@link #view},
 * {@link #open} the shards that the store serves, say that it is {@link #ready}. Starting and
 * closing block; the rest any thread may call.
 */
public final class Cluster implements AutoCloseable {
    /** A compaction may take longer, and then the next owner reads what it would have saved. */
    private static final long PREPARE_RELEASE_MS = 1000;

    private final ClusterMember member;
    private final ForwardSettings forwarding;
    private final Ticker ticker;
    private final MemberView view;
    private final MetadataBus metadata;
    private final StreamNews news;
    private final ClusterAdmin admin;
    private final HotMap hot;
    private volatile @Nullable Local local;

    private record Local(ShardDesk desk, ClusterShards shards, Ownership ownership) {}

    private Cluster(ClusterMember member, ForwardSettings forwarding, Ticker ticker) {
        this.member = member;
        this.forwarding = forwarding;
        this.ticker = ticker;
        view = new MemberView(member.membership(), member.calls());
        metadata = new MetadataBus(member.membership(), member.calls());
        news = new StreamNews(member.membership(), member.calls());
        hot = new HotMap(member.hazelcast());
        admin = new ClusterAdmin(member.membership(), member.calls(), hot::bytes);
    }

    /**
     * Joins the cluster, or begins it.
     *
     * @throws io.headrace.cluster.member.ClusterStartException if this node does not belong with
     *     those it found, or its settings are unfit
     */
    public static Cluster join(
            ClusterSettings settings,
            ForwardSettings forwarding,
            VertxOptions options,
            RandomGenerator random,
            Ticker ticker) {
        var member = ClusterMember.start(settings, options, random, ticker);
        var cluster = new Cluster(member, forwarding, ticker);
        member.calls().serve(cluster::answer);
        member.membership().onChange(cluster::placementChanged);
        member.greet();
        return cluster;
    }

    /** What everything of this node runs on. */
    public Vertx vertx() {
        return member.vertx();
    }

    public ClusterMember member() {
        return member;
    }

    /** For this node's store. */
    public ClusterView view() {
        return view;
    }

    /** For this node's store. */
    public HotMap hot() {
        return hot;
    }

    public MetadataBus metadata() {
        return metadata;
    }

    public StreamNews news() {
        return news;
    }

    public ClusterAdmin admin() {
        return admin;
    }

    /**
     * Serves this node's shards to the others, and theirs to this one; once.
     *
     * @param shards of this node, which refuse with {@code NOT_OWNER} what is not its
     */
    public Shards open(Shards shards, Ownership ownership) {
        var routes = new MemberRoutes(member);
        var desk = new ShardDesk(routes, shards, ticker, forwarding);
        var all = new ClusterShards(routes, shards, ticker, forwarding, new HotReads(hot, ticker));
        local = new Local(desk, all, ownership);
        admin.own(ownership);
        member.membership().announceJournal(ownership.journalId());
        return all;
    }

    /** The store is open: from now on this node is given its share of the shards; blocks. */
    public void ready() {
        member.ready();
    }

    /** The store writes another journal from now on. */
    public void journalChanged(String journalId) {
        member.membership().announceJournal(journalId);
    }

    /** False once this node was thrown out for good and must stop. */
    public boolean isRunning() {
        return member.isRunning();
    }

    @Override
    public void close() {
        hot.close();
        member.close();
    }

    private void placementChanged() {
        var own = local;
        if (own != null) {
            own.shards().placementChanged();
        }
    }

    private CompletableFuture<? extends Message.Answer> answer(
            UUID asker, Message.Question question) {
        return switch (question) {
            case Message.Hello hello ->
                    done(member.membership().heard(asker, hello.announcement()));
            case Message.Changed changed -> {
                metadata.changed(changed.prefix());
                yield done(new Message.Done());
            }
            case Message.Spent spent -> {
                news.spent(spent);
                yield done(new Message.Done());
            }
            case Message.Loaded loaded -> {
                news.loaded(loaded);
                yield done(new Message.Done());
            }
            case Message.Claim claim -> {
                news.claimed(asker, claim);
                yield done(new Message.Done());
            }
            case Message.Ask ask -> admin.answer(ask.verb());
            case Message.Release release -> release(release);
            case Message.Committed committed -> {
                opened().shards().committed(committed);
                yield done(new Message.Done());
            }
            case Message.Append append -> opened().desk().append(asker, append);
            case Message.Read read -> opened().desk().read(read);
            case Message.IndexAt at -> opened().desk().indexAt(at);
            case Message.Bounds bounds -> opened().desk().bounds(bounds);
            case Message.End end -> opened().desk().end(end);
            case Message.Delete delete -> opened().desk().delete(delete);
            case Message.Subscribe subscribe -> opened().desk().subscribe(asker, subscribe);
        };
    }

    private CompletableFuture<Message.Released> release(Message.Release asked) {
        var own = local;
        return own == null || !own.ownership().journalId().equals(asked.journalId())
                ? done(new Message.Released(false))
                : own.ownership()
                        .prepareRelease(asked.shard())
                        // Who asks has requests waiting.
                        .completeOnTimeout(null, PREPARE_RELEASE_MS, TimeUnit.MILLISECONDS)
                        .handle((done, failure) -> true)
                        .thenCompose(any -> own.ownership().release(asked.shard()))
                        .thenApply(released -> new Message.Released(true));
    }

    private Local opened() {
        var own = local;
        if (own == null) {
            throw new RefusedException(ErrorCode.NOT_OWNER, "this node serves nothing yet");
        }
        return own;
    }

    private static <T> CompletableFuture<T> done(T answer) {
        return CompletableFuture.completedFuture(answer);
    }

    /** The routes of a member. */
    private record MemberRoutes(ClusterMember member) implements Routes {
        @Override
        public UUID self() {
            return member.calls().self();
        }

        @Override
        public UUID owner(ShardKey shard) {
            return member.membership().owner(shard);
        }

        @Override
        public boolean isMember(UUID node) {
            return member.membership().isMember(node);
        }

        @Override
        public CompletableFuture<Message.Answer> call(
                UUID node, Message.Question question, long timeoutMs) {
            return member.calls().call(node, question, timeoutMs);
        }

        @Override
        public void after(long delayMs, Runnable task) {
            member.vertx().setTimer(Math.max(1, delayMs), timer -> task.run());
        }
    }
}
