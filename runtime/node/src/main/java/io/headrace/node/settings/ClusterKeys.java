package io.headrace.node.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a node finds the others of its cluster and speaks with them. */
final class ClusterKeys {
    static final Key<List<String>> JOIN =
            key(
                    "join",
                    "HOST[:PORT],…",
                    null,
                    Parsers::members,
                    "Members of the cluster to join, this node may be among them; makes this node"
                            + " one of a cluster. A port that is not said is this node's own"
                            + " cluster.port.");
    static final Key<String> HOST =
            key(
                    "cluster.host",
                    "ADDRESS",
                    null,
                    Parsers::text,
                    "Address by which the other members reach this node; on a private network."
                            + " Without it that of host, unless it means all addresses.");
    static final Key<Integer> PORT =
            key("cluster.port", "N", "5701", Parsers::port, "Port for membership (Hazelcast).");
    static final Key<Integer> EVENT_BUS_PORT =
            key(
                    "event-bus-port",
                    "N",
                    "0",
                    Parsers::port,
                    "Port for requests between nodes; 0 for the one after cluster.port.");
    static final Key<String> NAME =
            key(
                    "cluster.name",
                    "NAME",
                    "headrace",
                    Parsers::name,
                    "Name of the cluster; members of another name are refused.");
    static final Key<String> NODE_NAME =
            key(
                    "node-name",
                    "NAME",
                    null,
                    Parsers::name,
                    "Name of this node in the cluster, unlike any other's. Without it host and"
                            + " cluster port.");
    static final Key<Path> TLS_CERT =
            key(
                    "cluster.tls-cert",
                    "FILE",
                    null,
                    Parsers::readableFile,
                    "Certificate chain of this node for requests between nodes, PEM; needs"
                            + " cluster.tls-key and cluster.tls-ca.");
    static final Key<Path> TLS_KEY =
            key(
                    "cluster.tls-key",
                    "FILE",
                    null,
                    Parsers::readableFile,
                    "Private key of cluster.tls-cert, PEM (PKCS #8).");
    static final Key<Path> TLS_CA =
            key(
                    "cluster.tls-ca",
                    "FILE",
                    null,
                    Parsers::readableFile,
                    "Certificates of who may sign the other nodes' certificates, PEM; nodes without"
                            + " one are refused.");
    static final Key<Duration> HEARTBEAT =
            key(
                    "cluster.heartbeat-timeout",
                    "TIME",
                    "10s",
                    Parsers::duration,
                    "How long a member may be silent before its shards are taken over.");
    static final Key<Path> HAZELCAST =
            key(
                    "hazelcast-config",
                    "FILE",
                    null,
                    Parsers::readableFile,
                    "A hazelcast.yaml that is merged into the node's own, for discovery by other"
                            + " means than join; what would be unsafe in it is refused.");

    static final List<Key<?>> ALL =
            List.of(
                    JOIN,
                    HOST,
                    PORT,
                    EVENT_BUS_PORT,
                    NAME,
                    NODE_NAME,
                    TLS_CERT,
                    TLS_KEY,
                    TLS_CA,
                    HEARTBEAT,
                    HAZELCAST);

    private ClusterKeys() {}

    private static <T> Key<T> key(
            String name,
            String placeholder,
            @Nullable String fallback,
            Key.Parser<T> parser,
            String doc) {
        return new Key<>(name, placeholder, fallback, parser, false, doc);
    }
}
