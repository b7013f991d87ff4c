package io.headrace.node;

import io.headrace.cluster.Cluster;
import io.headrace.cluster.EngineOwnership;
import io.headrace.cluster.forward.ForwardSettings;
import io.headrace.cluster.member.BusTls;
import io.headrace.cluster.member.ClusterSettings;
import io.headrace.cluster.member.HostPort;
import io.headrace.node.admin.ClusterCalls;
import io.headrace.node.settings.Settings;
import io.headrace.store.ShardStore;
import io.headrace.store.shard.Shards;
import io.headrace.store.shard.Sharing;
import io.headrace.store.stream.StreamPeers;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The other members of this node's cluster. Any thread. */
final class ClusterNeighbours implements Neighbours {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNeighbours.class);
    private static final String RELEASE = "0.1.0";

    private final Cluster cluster;

    private ClusterNeighbours(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Joins, or begins the cluster. */
    static ClusterNeighbours join(Settings settings, Surroundings surroundings) {
        var wanted =
                settings.cluster()
                        .orElseThrow(() -> new IllegalArgumentException("there is no cluster"));
        var listen = settings.listen();
        return new ClusterNeighbours(
                Cluster.join(
                        new ClusterSettings(
                                // Those on another store are no neighbours, whatever their name.
                                wanted.name() + " on " + settings.store().place(),
                                wanted.node(),
                                ClusterSettings.PROTOCOL,
                                RELEASE,
                                new HostPort(wanted.host(), wanted.port()),
                                new HostPort(wanted.host(), wanted.eventBusPort()),
                                Optional.empty(),
                                wanted.join().stream()
                                        .map(member -> HostPort.parse(member, wanted.port()))
                                        .toList(),
                                wanted.heartbeatTimeout(),
                                wanted.hazelcast(),
                                wanted.tls()
                                        .map(tls ->
                                                new BusTls(
                                                        tls.certificate(),
                                                        tls.key(),
                                                        tls.authority())),
                                Map.of("http", listen.host() + ":" + listen.port())),
                        ForwardSettings.DEFAULT,
                        new VertxOptions(),
                        surroundings.random(),
                        surroundings.ticker()));
    }

    @Override
    public Optional<ClusterCalls> calls() {
        return Optional.of(new ClusterCalls(cluster.admin()));
    }

    @Override
    public Sharing sharing() {
        return Sharing.with(cluster.view(), cluster.hot());
    }

    @Override
    public void tell(String prefix) {
        cluster.metadata().publish(prefix);
    }

    @Override
    public StreamPeers peers() {
        return cluster.news();
    }

    @Override
    public void journalChanged(String journalId) {
        cluster.journalChanged(journalId);
    }

    @Override
    public Shards open(ShardStore store, MetadataWatch watch) {
        cluster.metadata().subscribe(MetadataWatch.STREAMS, prefix -> watch.awaited());
        return cluster.open(store.shards(), new EngineOwnership(store.engine()));
    }

    @Override
    public void ready() {
        cluster.ready();
    }

    @Override
    public Optional<String> trouble() {
        return cluster.isRunning()
                ? Optional.empty()
                : Optional.of("this node is no member any more; restart it");
    }

    @Override
    public boolean isLost() {
        return !cluster.isRunning();
    }

    @Override
    public void drain(Duration timeMax) {
        try {
            int shards = cluster.admin().drainThis().get(timeMax.toMillis(), TimeUnit.MILLISECONDS);
            LOG.info("{} shards were given away", shards);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("not every shard was given away; the others take over what is left", e);
        }
    }

    @Override
    public void close() {
        cluster.close();
    }
}
