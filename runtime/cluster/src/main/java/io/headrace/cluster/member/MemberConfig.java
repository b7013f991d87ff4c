package io.headrace.cluster.member;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.ClassFilter;
import com.hazelcast.config.Config;
import com.hazelcast.config.InterfacesConfig;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.ProtocolType;
import com.hazelcast.spi.merge.DiscardMergePolicy;
import com.hazelcast.spi.merge.PutIfAbsentMergePolicy;
import io.headrace.cluster.hot.HotMap;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.UUID;

/**
 * Hazelcast as Headrace wants it: members find each other by a list of addresses, open one socket
 * for each other and none for anyone else, run no code of others and report to nobody. What it
 * stores may be lost at any time, so after a split the smaller side's entries are discarded.
 */
final class MemberConfig {
    static final String NODE_ID = "__vertx.nodeId";
    static final String NODE_NAME = "headrace.node";
    static final String PROTOCOL = "headrace.protocol";
    static final String RELEASE = "headrace.release";
    static final String BUS = "headrace.bus";

    private MemberConfig() {}

    static Config of(ClusterSettings settings, UUID node) {
        var config = new Config();
        config.setClusterName(settings.clusterName());
        config.setInstanceName(settings.clusterName() + "-" + node);
        // Without partitions until the node is ready, so that no shard moves to it before.
        config.setLiteMember(true);
        config.getMemberAttributeConfig()
                .setAttribute(NODE_ID, node.toString())
                .setAttribute(NODE_NAME, settings.nodeName())
                .setAttribute(PROTOCOL, Integer.toString(settings.protocol()))
                .setAttribute(RELEASE, settings.release())
                .setAttribute(BUS, settings.advertisedBus().toString());
        config.setAdvancedNetworkConfig(network(settings));
        harden(config);
        timing(config, settings);
        data(config);
        HotMap.configure(config, Runtime.getRuntime().maxMemory());
        settings.hazelcastYaml().ifPresent(file -> HazelcastYaml.merge(file, config));
        return config;
    }

    static ServerSocketEndpointConfig endpoint(Config config) {
        return (ServerSocketEndpointConfig)
                Objects.requireNonNull(
                        config.getAdvancedNetworkConfig()
                                .getEndpointConfigs()
                                .get(EndpointQualifier.MEMBER));
    }

    private static AdvancedNetworkConfig network(ClusterSettings settings) {
        var join = new JoinConfig();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        var tcp = join.getTcpIpConfig().setEnabled(true);
        settings.join().forEach(member -> tcp.addMember(member.toString()));
        var endpoint =
                new ServerSocketEndpointConfig()
                        .setProtocolType(ProtocolType.MEMBER)
                        .setPort(settings.member().port())
                        .setPortAutoIncrement(false)
                        .setReuseAddress(true)
                        .setInterfaces(
                                new InterfacesConfig()
                                        .setEnabled(true)
                                        .addInterface(address(settings.member().host())));
        settings.advertisedHost()
                .ifPresent(host ->
                        endpoint.setPublicAddress(
                                new HostPort(host, settings.member().port()).toString()));
        // Without an endpoint for them, clients, REST and memcache find no socket that listens.
        return new AdvancedNetworkConfig()
                .setEnabled(true)
                .setJoin(join)
                .setMemberEndpointConfig(endpoint);
    }

    private static String address(String host) {
        try {
            var address = InetAddress.getByName(host);
            if (address.isAnyLocalAddress()) {
                throw new ClusterStartException(
                        "members listen on one address, best of a private network; "
                                + host
                                + " is all of them");
            }
            return address.getHostAddress();
        } catch (UnknownHostException e) {
            throw new ClusterStartException("the host " + host + " is unknown", e);
        }
    }

    private static void harden(Config config) {
        config.getJetConfig().setEnabled(false).setResourceUploadEnabled(false);
        config.getManagementCenterConfig()
                .setScriptingEnabled(false)
                .setConsoleEnabled(false)
                .setDataAccessEnabled(false);
        config.getMetricsConfig().setEnabled(false);
        var allowed =
                new ClassFilter()
                        .addPrefixes(
                                "io.headrace.",
                                "com.hazelcast.",
                                "io.vertx.spi.cluster.hazelcast.",
                                "java.lang.",
                                "java.util.",
                                "[");
        config.getSerializationConfig()
                .setAllowUnsafe(false)
                .setJavaSerializationFilterConfig(
                        new JavaSerializationFilterConfig()
                                .setDefaultsDisabled(true)
                                .setWhitelist(allowed));
        config.setProperty("hazelcast.logging.type", "slf4j");
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.shutdownhook.enabled", "false");
        config.setProperty("hazelcast.jmx", "false");
        config.setProperty("hazelcast.socket.bind.any", "false");
        config.setProperty("hazelcast.socket.server.bind.any", "false");
        config.setProperty("hazelcast.discovery.enabled", "false");
    }

    private static void timing(Config config, ClusterSettings settings) {
        long timeout = settings.heartbeatTimeout().toSeconds();
        config.setProperty("hazelcast.max.no.heartbeat.seconds", Long.toString(timeout));
        config.setProperty(
                "hazelcast.heartbeat.interval.seconds", Long.toString(Math.max(1, timeout / 5)));
        config.setProperty("hazelcast.wait.seconds.before.join", "0");
        config.setProperty("hazelcast.max.wait.seconds.before.join", "3");
        config.setProperty("hazelcast.merge.first.run.delay.seconds", "5");
        config.setProperty("hazelcast.merge.next.run.delay.seconds", "5");
        config.setProperty("hazelcast.graceful.shutdown.max.wait", "10");
        config.setProperty("hazelcast.partition.count", "271");
        // A closed socket tells at once that a process is gone; two tries are enough to believe it.
        config.setProperty("hazelcast.connection.monitor.interval", "100");
        config.setProperty("hazelcast.connection.monitor.max.faults", "2");
        config.setProperty("hazelcast.operation.call.timeout.millis", "10000");
        config.setProperty("hazelcast.operation.backup.timeout.millis", "1000");
        config.setProperty("hazelcast.operation.fail.on.indeterminate.state", "true");
    }

    private static void data(Config config) {
        var discard = new MergePolicyConfig().setPolicy(DiscardMergePolicy.class.getName());
        config.getMapConfig("default").setMergePolicyConfig(discard);
        config.getReplicatedMapConfig("default").setMergePolicyConfig(discard);
        // Vert.x puts its own entries in only once, so those must survive a merge.
        var keep = new MergePolicyConfig().setPolicy(PutIfAbsentMergePolicy.class.getName());
        config.addMapConfig(
                new MapConfig("__vertx.*").setBackupCount(1).setMergePolicyConfig(keep));
        config.addMultiMapConfig(
                new MultiMapConfig("__vertx.subs")
                        .setBackupCount(1)
                        .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET)
                        .setMergePolicyConfig(keep));
    }
}
