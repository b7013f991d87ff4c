package io.headrace.node.settings;

import io.headrace.objects.S3Credentials;
import io.headrace.objects.S3Settings;
import io.headrace.router.auth.Identity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Everything that can be set, as read; parts of the node get the sub-record they need.
 *
 * @param cacheBytes of a store that is not in the data directory; 0 for no cache
 */
public record Settings(
        Listen listen,
        Path data,
        Store store,
        Optional<Long> cacheBytes,
        Optional<Cluster> cluster,
        Aws aws,
        Log log,
        Tracing tracing,
        Duration drain,
        List<Identity> identities) {
    /** A smaller cache would give away what it was told to read ahead. */
    public static final long CACHE_BYTES_MIN = 64L << 20;

    public Settings {
        identities = List.copyOf(identities);
    }

    /**
     * Where the node listens.
     *
     * @param port 0 for one the system picks
     * @param insecureBind true to listen beyond loopback although nobody has to sign
     */
    public record Listen(String host, int port, Optional<Tls> tls, boolean insecureBind) {}

    /** The TLS port; certificate chain and key are PEM files. */
    public record Tls(int port, Path certificate, Path key) {}

    /** Where streams are kept. */
    public sealed interface Store {
        /** In the data directory. */
        record OfNode() implements Store {}

        /**
         * In another directory.
         *
         * @param shared whether other nodes use it too
         */
        record Directory(Path path, boolean shared) implements Store {}

        /** On a server. */
        record Bucket(S3Settings settings, S3Credentials credentials) implements Store {}

        /** What it is called: the same for all nodes that share it, at every start. */
        default String place() {
            return switch (this) {
                case OfNode() -> "its own";
                // Not as a URI: that ends with a slash once the directory is there.
                case Directory(Path path, boolean _) ->
                        "file://" + path.toAbsolutePath().normalize();
                case Bucket(S3Settings bucket, S3Credentials _) ->
                        "s3://" + bucket.bucket() + "/" + bucket.prefix();
            };
        }
    }

    /**
     * The cluster this node belongs to.
     *
     * @param node this node's name, unlike any other's
     * @param host where the other members reach this one
     * @param port for membership; 0 for one the system picks
     * @param eventBusPort for requests between nodes; 0 for one the system picks
     * @param join members, {@code host} or {@code host:port}
     * @param heartbeatTimeout silence after which a member counts as gone
     * @param hazelcast a configuration to merge
     */
    public record Cluster(
            String name,
            String node,
            String host,
            int port,
            int eventBusPort,
            List<String> join,
            Optional<ClusterTls> tls,
            Duration heartbeatTimeout,
            Optional<Path> hazelcast) {
        public Cluster {
            join = List.copyOf(join);
        }
    }

    /** TLS between nodes, each of which proves itself; PEM files. */
    public record ClusterTls(Path certificate, Path key, Path authority) {}

    /** How the node looks to AWS clients. */
    public record Aws(String account, String region, Limits limits, Duration transition) {}

    /** Whose quotas hold. */
    public enum Limits {
        /** The quotas AWS documents, with its errors. */
        AWS,
        /** Only what bounds memory. */
        NONE
    }

    public record Log(
            LogFormat format, LogLevel level, Duration slowRequest, Optional<Path> audit) {}

    public enum LogFormat {
        /** Text on a terminal, JSON lines otherwise. */
        AUTO,
        TEXT,
        JSON
    }

    public enum LogLevel {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }

    /**
     * Traces over OTLP/HTTP.
     *
     * @param endpoint of the collector; empty: no tracing, and none of its code is loaded
     * @param sample share of new traces kept, 0 to 1
     */
    public record Tracing(Optional<String> endpoint, double sample) {}
}
