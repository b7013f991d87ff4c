package io.headrace.cluster.member;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.headrace.cluster.wire.NodeCalls;
import io.headrace.store.Ticker;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node as a member: Hazelcast, and a Vert.x whose event bus reaches the other members.
 * Starting and closing block; the rest any thread may call.
 */
public final class ClusterMember implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterMember.class);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(10);
    private static final int PING_MS = 3000;

    private final ClusterSettings settings;
    private final HazelcastInstance hazelcast;
    private final Vertx vertx;
    private final NodeCalls calls;
    private final Membership membership;

    private ClusterMember(
            ClusterSettings settings,
            HazelcastInstance hazelcast,
            Vertx vertx,
            NodeCalls calls,
            Membership membership) {
        this.settings = settings;
        this.hazelcast = hazelcast;
        this.vertx = vertx;
        this.calls = calls;
        this.membership = membership;
    }

    /**
     * Joins the cluster, or begins it if none of the addresses answers. The node owns nothing until
     * it says that it is ready.
     *
     * @param options for everything of Vert.x but the event bus
     * @param random a new node id is drawn from it
     * @throws ClusterStartException if this node does not belong with those it found, or its
     *     settings are unfit
     */
    public static ClusterMember start(
            ClusterSettings wanted, VertxOptions options, RandomGenerator random, Ticker ticker) {
        var settings = wanted.withPorts();
        var node = new UUID(random.nextLong(), random.nextLong());
        var config = MemberConfig.of(settings, node);
        HazelcastInstance hazelcast;
        try {
            hazelcast = Hazelcast.newHazelcastInstance(config);
        } catch (RuntimeException e) {
            throw new ClusterStartException(
                    "Hazelcast did not start on %s: %s".formatted(settings.member(), e), e);
        }
        try {
            for (var member : hazelcast.getCluster().getMembers()) {
                if (!member.localMember()) {
                    admit(settings, member);
                }
            }
            var vertx = vertx(settings, options, hazelcast);
            var calls = new NodeCalls(vertx, node, ticker);
            var membership = new Membership(hazelcast, calls, settings);
            LOG.info(
                    "node {} ({}) is a member of {}, with {} others",
                    settings.nodeName(),
                    node,
                    settings.clusterName(),
                    hazelcast.getCluster().getMembers().size() - 1);
            return new ClusterMember(settings, hazelcast, vertx, calls, membership);
        } catch (RuntimeException e) {
            hazelcast.getLifecycleService().terminate();
            throw e;
        }
    }

    public Vertx vertx() {
        return vertx;
    }

    /** Where it takes part, with the ports that were picked. */
    public ClusterSettings settings() {
        return settings;
    }

    public HazelcastInstance hazelcast() {
        return hazelcast;
    }

    public NodeCalls calls() {
        return calls;
    }

    public Membership membership() {
        return membership;
    }

    /** Hears of the others and tells them of itself; questions must be answered by then. */
    public void greet() {
        membership.start();
    }

    /** From now on the node is given its share of the shards; blocks for a moment. */
    public void ready() {
        membership.announce(Announcement.State.READY);
        hazelcast.getCluster().promoteLocalLiteMember();
    }

    /** False once Hazelcast gave up by itself: the node must stop. */
    public boolean isRunning() {
        return hazelcast.getLifecycleService().isRunning();
    }

    /** Leaves the cluster. */
    @Override
    public void close() {
        membership.close();
        calls.close();
        try {
            vertx.close()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("Vert.x did not close", e);
        }
        hazelcast.getLifecycleService().shutdown();
    }

    private static void admit(ClusterSettings settings, Member member) {
        var protocol = member.getAttribute(MemberConfig.PROTOCOL);
        if (!Integer.toString(settings.protocol()).equals(protocol)) {
            throw new ClusterStartException(
                    "%s speaks protocol %s; this node, %s (release %s), speaks %d: nodes of one cluster are of one release"
                            .formatted(
                                    MemberNames.of(member),
                                    protocol,
                                    settings.nodeName(),
                                    settings.release(),
                                    settings.protocol()));
        }
        if (settings.nodeName().equals(member.getAttribute(MemberConfig.NODE_NAME))) {
            throw new ClusterStartException(
                    "the cluster already has a node called %s: %s"
                            .formatted(settings.nodeName(), MemberNames.of(member)));
        }
    }

    private static Vertx vertx(
            ClusterSettings settings, VertxOptions options, HazelcastInstance hazelcast) {
        var bus =
                new EventBusOptions()
                        .setHost(settings.bus().host())
                        .setPort(settings.bus().port())
                        .setClusterPublicHost(settings.advertisedBus().host())
                        .setClusterPublicPort(settings.advertisedBus().port())
                        .setConnectTimeout(PING_MS)
                        .setClusterPingInterval(PING_MS)
                        .setClusterPingReplyInterval(PING_MS);
        settings.tls()
                .ifPresent(tls ->
                        bus.setSsl(true)
                                .setKeyCertOptions(
                                        new PemKeyCertOptions()
                                                .setCertPath(tls.certificate().toString())
                                                .setKeyPath(tls.key().toString()))
                                .setTrustOptions(
                                        new PemTrustOptions()
                                                .addCertPath(tls.authority().toString()))
                                .setClientAuth(ClientAuth.REQUIRED));
        var starting =
                Vertx.builder()
                        .with(new VertxOptions(options).setEventBusOptions(bus))
                        .withClusterManager(
                                new DirectAddresses(hazelcast, settings.advertisedBus()))
                        .buildClustered()
                        .toCompletionStage()
                        .toCompletableFuture();
        try {
            return starting.get(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterStartException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new ClusterStartException(
                    "the event bus did not start on %s: %s".formatted(settings.bus(), e.getCause()),
                    e);
        }
    }
}
