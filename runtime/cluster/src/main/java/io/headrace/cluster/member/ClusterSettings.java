package io.headrace.cluster.member;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How this node takes part in a cluster.
 *
 * @param clusterName nodes of one name belong together
 * @param nodeName what operators call this node; unique in the cluster
 * @param protocol number of what nodes say and store; all nodes of a cluster have the same
 * @param release for people
 * @param member where Hazelcast listens; a concrete address, best of a private network
 * @param bus where the event bus listens
 * @param advertisedHost how others reach both, if not by those addresses
 * @param join members to look for; port included
 * @param heartbeatTimeout who is silent for longer is no member any more
 * @param hazelcastYaml more configuration, for discovery plug-ins
 * @param tls for the event bus; Hazelcast's own socket has none in its open-source edition
 * @param addresses what else is served where, for people: {@code http → 10.0.0.1:4566}
 */
public record ClusterSettings(
        String clusterName,
        String nodeName,
        int protocol,
        String release,
        HostPort member,
        HostPort bus,
        Optional<String> advertisedHost,
        List<HostPort> join,
        Duration heartbeatTimeout,
        Optional<Path> hazelcastYaml,
        Optional<BusTls> tls,
        Map<String, String> addresses) {
    public static final int DEFAULT_MEMBER_PORT = 5701;
    public static final Duration DEFAULT_HEARTBEAT_TIMEOUT = Duration.ofSeconds(10);
    public static final Duration HEARTBEAT_TIMEOUT_MIN = Duration.ofSeconds(2);
    public static final Duration HEARTBEAT_TIMEOUT_MAX = Duration.ofSeconds(60);

    /** What this build speaks: its messages, and the formats on the shared store. */
    public static final int PROTOCOL = 1;

    public ClusterSettings {
        join = List.copyOf(join);
        addresses = Map.copyOf(addresses);
        if (clusterName.isBlank() || nodeName.isBlank()) {
            throw new IllegalArgumentException("the cluster and the node need a name");
        }
        if (heartbeatTimeout.compareTo(HEARTBEAT_TIMEOUT_MIN) < 0
                || heartbeatTimeout.compareTo(HEARTBEAT_TIMEOUT_MAX) > 0) {
            throw new IllegalArgumentException(
                    "the heartbeat timeout %s is not within %s and %s"
                            .formatted(
                                    heartbeatTimeout,
                                    HEARTBEAT_TIMEOUT_MIN,
                                    HEARTBEAT_TIMEOUT_MAX));
        }
    }

    /** The same with ports that are known: others are told them before anything listens there. */
    ClusterSettings withPorts() {
        return new ClusterSettings(
                clusterName,
                nodeName,
                protocol,
                release,
                member.withPort(),
                bus.withPort(),
                advertisedHost,
                join,
                heartbeatTimeout,
                hazelcastYaml,
                tls,
                addresses);
    }

    /** Where other nodes reach the event bus. */
    HostPort advertisedBus() {
        return new HostPort(advertisedHost.orElse(bus.host()), bus.port());
    }
}
