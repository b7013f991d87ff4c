package io.headrace.node.settings;

import io.headrace.objects.S3Credentials;
import io.headrace.objects.S3Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads where streams are kept and who shares them, collecting problems. For one thread. */
final class StoreReader {
    private final Layers layers;
    private final Problems problems;
    private final Map<String, String> environment;

    StoreReader(Layers layers, Problems problems, Map<String, String> environment) {
        this.layers = layers;
        this.problems = problems;
        this.environment = environment;
    }

    Settings.Store store() {
        var written = layers.find(StoreKeys.STORE);
        if (written.isEmpty()) {
            for (var key : StoreKeys.ALL) {
                if (!key.equals(StoreKeys.STORE) && layers.isWritten(key)) {
                    problem(key, "has no meaning without store");
                }
            }
            return new Settings.Store.OfNode();
        }
        var location = written.get();
        return location.startsWith("s3:") ? bucket(location) : directory(location);
    }

    private Settings.Store directory(String location) {
        for (var key : new Key<?>[] {StoreKeys.ENDPOINT, StoreKeys.REGION, StoreKeys.CREDENTIALS}) {
            if (layers.isWritten(key)) {
                problem(key, "is for a store on s3://");
            }
        }
        return new Settings.Store.Directory(
                Path.of(URI.create(location)), layers.get(StoreKeys.SHARED));
    }

    private Settings.Store bucket(String location) {
        if (layers.isWritten(StoreKeys.SHARED)) {
            problem(StoreKeys.SHARED, "is for a store on file://; one on s3:// is always shared");
        }
        var endpoint = layers.find(StoreKeys.ENDPOINT);
        if (endpoint.isEmpty()) {
            if (!layers.isWritten(StoreKeys.ENDPOINT)) {
                problem(StoreKeys.STORE, "a store on s3:// needs s3.endpoint");
            }
            return new Settings.Store.OfNode();
        }
        var settings =
                attempt(
                        StoreKeys.STORE,
                        () ->
                                S3Settings.of(
                                        endpoint.get(), location, layers.get(StoreKeys.REGION)));
        var credentials = attempt(StoreKeys.CREDENTIALS, this::credentials);
        return settings.isPresent() && credentials.isPresent()
                ? new Settings.Store.Bucket(settings.get(), credentials.get())
                : new Settings.Store.OfNode();
    }

    private S3Credentials credentials() {
        var file = layers.find(StoreKeys.CREDENTIALS);
        if (file.isEmpty()) {
            return S3Credentials.ofEnvironment(environment);
        }
        try {
            return S3Credentials.ofFile(file.get());
        } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Empty for a node by itself. */
    Optional<Settings.Cluster> cluster(Settings.Listen listen, Settings.Store store) {
        boolean wanted =
                layers.isWritten(ClusterKeys.JOIN) || layers.isWritten(ClusterKeys.HAZELCAST);
        if (!wanted) {
            for (var key : ClusterKeys.ALL) {
                if (layers.isWritten(key)) {
                    problem(key, "has no meaning without join");
                }
            }
            return Optional.empty();
        }
        refuseUnshared(store);
        int port = layers.get(ClusterKeys.PORT);
        int busPort = layers.get(ClusterKeys.EVENT_BUS_PORT);
        var host = layers.find(ClusterKeys.HOST).orElse(listen.host());
        if (isWildcard(host)) {
            problem(
                    layers.isWritten(ClusterKeys.HOST) ? ClusterKeys.HOST : ClusterKeys.JOIN,
                    "the other members need one address of this node: say it in cluster.host");
        }
        var heartbeat = layers.get(ClusterKeys.HEARTBEAT);
        if (heartbeat.toMillis() < 2000 || heartbeat.toMillis() > 60_000) {
            problem(
                    ClusterKeys.HEARTBEAT,
                    "must be at least 2s, or any pause would look like an end, and at most 60s");
        }
        return Optional.of(
                new Settings.Cluster(
                        layers.get(ClusterKeys.NAME),
                        layers.find(ClusterKeys.NODE_NAME).orElse(host + ":" + port),
                        host,
                        port,
                        busPort == 0 && port != 0 ? port + 1 : busPort,
                        layers.find(ClusterKeys.JOIN).orElse(List.of()),
                        tls(),
                        heartbeat,
                        layers.find(ClusterKeys.HAZELCAST)));
    }

    private void refuseUnshared(Settings.Store store) {
        switch (store) {
            case Settings.Store.OfNode() -> {
                if (!layers.isWritten(StoreKeys.STORE)) {
                    problem(
                            ClusterKeys.JOIN,
                            "a cluster needs a store that all nodes share: store s3://bucket/prefix,"
                                    + " or file:///directory with shared");
                }
            }
            case Settings.Store.Directory(Path _, boolean shared) -> {
                if (!shared) {
                    problem(
                            StoreKeys.STORE,
                            "a directory is for one node; say shared if its file system is one that"
                                    + " all nodes share");
                }
            }
            case Settings.Store.Bucket _ -> {}
        }
    }

    private Optional<Settings.ClusterTls> tls() {
        var certificate = layers.find(ClusterKeys.TLS_CERT);
        var key = layers.find(ClusterKeys.TLS_KEY);
        var authority = layers.find(ClusterKeys.TLS_CA);
        if (certificate.isPresent() && key.isPresent() && authority.isPresent()) {
            return Optional.of(
                    new Settings.ClusterTls(certificate.get(), key.get(), authority.get()));
        }
        for (var one :
                new Key<?>[] {ClusterKeys.TLS_CERT, ClusterKeys.TLS_KEY, ClusterKeys.TLS_CA}) {
            if (layers.isWritten(one)) {
                problem(
                        one,
                        "cluster.tls-cert, cluster.tls-key and cluster.tls-ca are needed together");
                break;
            }
        }
        return Optional.empty();
    }

    private static boolean isWildcard(String host) {
        return host.equals("0.0.0.0") || host.equals("::") || host.equals("[::]");
    }

    private <T> Optional<T> attempt(Key<?> key, Supplier<T> parse) {
        return problems.attempt(layers.name(key), layers.source(key), parse);
    }

    private void problem(Key<?> key, String reason) {
        problems.add(layers.name(key), layers.source(key), reason);
    }
}
