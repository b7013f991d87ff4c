package io.headrace.cluster.member;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hazelcast.config.Config;
import com.hazelcast.config.YamlConfigBuilder;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.internal.yaml.YamlLoader;
import com.hazelcast.internal.yaml.YamlMapping;
import com.hazelcast.internal.yaml.YamlNode;
import com.hazelcast.internal.yaml.YamlScalar;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An operator's {@code hazelcast.yaml}. It may say how members find each other, where they stand
 * and how many threads they use; everything else is Headrace's to decide, and is refused by its
 * name.
 */
final class HazelcastYaml {
    /** Whole subtrees an operator may set. */
    private static final Set<String> OPEN =
            Set.of(
                    "hazelcast.cluster-name",
                    "hazelcast.network.join",
                    "hazelcast.network.interfaces",
                    "hazelcast.network.outbound-ports",
                    "hazelcast.network.public-address",
                    "hazelcast.network.failure-detector",
                    "hazelcast.partition-group",
                    "hazelcast.member-attributes");

    private static final Set<String> OPEN_PROPERTIES =
            Set.of(
                    "hazelcast.discovery.enabled",
                    "hazelcast.discovery.public.ip.enabled",
                    "hazelcast.event.thread.count",
                    "hazelcast.io.thread.count",
                    "hazelcast.io.input.thread.count",
                    "hazelcast.io.output.thread.count",
                    "hazelcast.operation.thread.count",
                    "hazelcast.operation.generic.thread.count",
                    "hazelcast.operation.response.thread.count",
                    "hazelcast.max.join.seconds",
                    "hazelcast.wait.seconds.before.join",
                    "hazelcast.socket.connect.timeout.seconds",
                    "hazelcast.socket.keep.alive",
                    "hazelcast.socket.keep.idle",
                    "hazelcast.socket.keep.interval",
                    "hazelcast.socket.keep.count");

    /** Why, for what people are most likely to try; by the beginning of its path. */
    private static final Map<String, String> REASONS = reasons();

    private HazelcastYaml() {}

    /**
     * Reads the file and puts what it may say into {@code target}.
     *
     * @throws ClusterStartException naming every key that is refused
     */
    static void merge(Path file, Config target) {
        var text = text(file);
        var root = "hazelcast";
        var problems = new ArrayList<String>();
        Config wanted;
        try {
            if (!(YamlLoader.load(text) instanceof YamlMapping document)) {
                throw new ClusterStartException(file + " is no mapping");
            }
            for (var pair : document.childrenPairs()) {
                if (!pair.nodeName().equals(root)) {
                    problems.add(pair.nodeName() + ": only '" + root + "' is read");
                } else if (pair.childNode() instanceof YamlMapping body) {
                    check(body, root, target, problems);
                }
            }
            refuse(file, problems);
            wanted = new YamlConfigBuilder(new ByteArrayInputStream(text.getBytes(UTF_8))).build();
        } catch (HazelcastException e) {
            throw new ClusterStartException(file + " cannot be read: " + e.getMessage(), e);
        }
        checkValues(wanted, target, problems);
        refuse(file, problems);
        apply(wanted, target);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new ClusterStartException(file + " cannot be read: " + e, e);
        }
    }

    private static void refuse(Path file, List<String> problems) {
        if (!problems.isEmpty()) {
            throw new ClusterStartException(
                    "%s sets what is not to be set: %s"
                            .formatted(file, String.join("; ", problems)));
        }
    }

    private static void check(
            YamlMapping mapping, String path, Config target, List<String> problems) {
        for (var pair : mapping.childrenPairs()) {
            var child = path + "." + pair.nodeName();
            if (child.equals("hazelcast.properties")) {
                checkProperties(pair.childNode(), problems);
            } else if (!OPEN.contains(child)) {
                if (child.equals("hazelcast.network")
                        && pair.childNode() instanceof YamlMapping inner) {
                    check(inner, child, target, problems);
                } else {
                    problems.add(child + reason(child));
                }
            }
        }
    }

    private static void checkProperties(@Nullable YamlNode node, List<String> problems) {
        if (!(node instanceof YamlMapping properties)) {
            return;
        }
        for (var pair : properties.childrenPairs()) {
            var name = pair.nodeName();
            if (!OPEN_PROPERTIES.contains(name) || !(pair.childNode() instanceof YamlScalar)) {
                problems.add("hazelcast.properties." + name + reason(name));
            }
        }
    }

    private static void checkValues(Config wanted, Config target, List<String> problems) {
        var join = wanted.getNetworkConfig().getJoin();
        if (join.getMulticastConfig().isEnabled()) {
            problems.add(
                    "hazelcast.network.join.multicast.enabled: it reads objects from packets of"
                            + " anyone on the network");
        }
        if (!wanted.getClusterName().equals(Config.DEFAULT_CLUSTER_NAME)
                && !wanted.getClusterName().equals(target.getClusterName())) {
            problems.add(
                    "hazelcast.cluster-name: the cluster is called " + target.getClusterName());
        }
        for (var name : wanted.getMemberAttributeConfig().getAttributes().keySet()) {
            if (target.getMemberAttributeConfig().getAttributes().containsKey(name)) {
                problems.add("hazelcast.member-attributes." + name + ": the node sets it");
            }
        }
    }

    private static void apply(Config wanted, Config target) {
        var network = wanted.getNetworkConfig();
        var endpoint = MemberConfig.endpoint(target);
        var join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        boolean otherWay =
                join.getDiscoveryConfig().isEnabled()
                        || join.getAwsConfig().isEnabled()
                        || join.getGcpConfig().isEnabled()
                        || join.getAzureConfig().isEnabled()
                        || join.getKubernetesConfig().isEnabled()
                        || join.getEurekaConfig().isEnabled();
        var tcp = join.getTcpIpConfig();
        if (!tcp.isEnabled() && !otherWay) {
            join.setTcpIpConfig(target.getAdvancedNetworkConfig().getJoin().getTcpIpConfig());
        }
        target.getAdvancedNetworkConfig().setJoin(join);
        if (network.getInterfaces().isEnabled()) {
            endpoint.setInterfaces(network.getInterfaces());
        }
        if (network.getPublicAddress() != null) {
            endpoint.setPublicAddress(network.getPublicAddress());
        }
        if (network.getOutboundPortDefinitions() != null) {
            endpoint.setOutboundPortDefinitions(network.getOutboundPortDefinitions());
        }
        if (network.getOutboundPorts() != null) {
            endpoint.setOutboundPorts(network.getOutboundPorts());
        }
        target.getAdvancedNetworkConfig()
                .setIcmpFailureDetectorConfig(network.getIcmpFailureDetectorConfig());
        target.setPartitionGroupConfig(wanted.getPartitionGroupConfig());
        wanted.getMemberAttributeConfig()
                .getAttributes()
                .forEach(target.getMemberAttributeConfig()::setAttribute);
        wanted.getProperties()
                .forEach((name, value) -> target.setProperty(name.toString(), value.toString()));
    }

    private static String reason(String path) {
        for (var entry : REASONS.entrySet()) {
            if (path.startsWith(entry.getKey())) {
                return ": " + entry.getValue();
            }
        }
        return ": Headrace decides it";
    }

    private static Map<String, String> reasons() {
        var reasons = new LinkedHashMap<String, String>();
        reasons.put("hazelcast.advanced-network", "only the members' socket is opened");
        reasons.put("hazelcast.network.rest-api", "only the members' socket is opened");
        reasons.put("hazelcast.network.memcache-protocol", "only the members' socket is opened");
        reasons.put("hazelcast.network.port", "--cluster-port sets it");
        reasons.put("hazelcast.network.ssl", "the open-source edition has no TLS for members");
        reasons.put("hazelcast.management-center", "it could run scripts on the node");
        reasons.put("hazelcast.user-code", "it would run the code of others");
        reasons.put("hazelcast.jet", "it would run the code of others");
        reasons.put("hazelcast.listeners", "it would run the code of others");
        reasons.put("hazelcast.serialization", "the filter must stay on");
        reasons.put("hazelcast.security", "the open-source edition has none");
        reasons.put("hazelcast.import", "what it brings could not be checked");
        reasons.put("hazelcast.config-replacers", "what they bring could not be checked");
        reasons.put("hazelcast.map", "after a split, entries must be discarded, not merged");
        reasons.put("hazelcast.multimap", "after a split, entries must be discarded, not merged");
        reasons.put("hazelcast.max.no.heartbeat.seconds", "--heartbeat-timeout sets it");
        reasons.put("hazelcast.heartbeat", "--heartbeat-timeout sets it");
        reasons.put("hazelcast.phone.home", "nothing is reported to anyone");
        reasons.put("hazelcast.rest", "only the members' socket is opened");
        reasons.put("hazelcast.memcache", "only the members' socket is opened");
        reasons.put("hazelcast.partition.count", "all members must have the same");
        return reasons;
    }
}
