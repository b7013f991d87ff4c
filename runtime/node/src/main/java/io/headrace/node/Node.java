package io.headrace.node;

import io.headrace.node.admin.AdminService;
import io.headrace.node.admin.BackupAdmin;
import io.headrace.node.admin.ConsumerAdmin;
import io.headrace.node.logging.JulLines;
import io.headrace.node.metrics.Metrics;
import io.headrace.node.requests.AuditTrail;
import io.headrace.node.requests.LogWriter;
import io.headrace.node.requests.RequestMeters;
import io.headrace.node.requests.SlowRequests;
import io.headrace.node.settings.Settings;
import io.headrace.node.tracing.OtlpTraces;
import io.headrace.router.auth.AnonymousAuthenticator;
import io.headrace.router.auth.Authenticator;
import io.headrace.router.auth.Authorizer;
import io.headrace.router.auth.Identities;
import io.headrace.router.auth.SigV4Authenticator;
import io.headrace.router.auth.SigV4Settings;
import io.headrace.router.http.HttpFront;
import io.headrace.router.http.HttpLimits;
import io.headrace.router.http.HttpServices;
import io.headrace.router.http.HttpSettings;
import io.headrace.router.http.RequestLog;
import io.headrace.router.http.RequestTraces;
import io.headrace.router.wire.OperationTable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node. Opens its parts so that each finds what it needs, and closes them in reverse:
 * what uses a part is closed before it. Started and closed by one thread each; the rest by any.
 */
public final class Node implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    private static final Duration BACKUP_PAUSE = Duration.ofSeconds(30);

    private final Parts parts = new Parts();
    private final Health health = new Health();
    private final Settings settings;
    private final Surroundings surroundings;
    private Neighbours neighbours = Neighbours.NONE;
    private List<URI> addresses = List.of();
    private @Nullable StreamGroups groups;

    private Node(Settings settings, Surroundings surroundings) {
        this.settings = settings;
        this.surroundings = surroundings;
    }

    /** Returns when requests are answered. */
    public static Node start(Settings settings, Surroundings surroundings)
            throws NodeStartException {
        var node = new Node(settings, surroundings);
        try {
            node.open();
            return node;
        } catch (NodeStartException | RuntimeException e) {
            node.parts.close();
            throw e;
        }
    }

    private void open() throws NodeStartException {
        if (surroundings.clock() instanceof TestClock clock) {
            LOG.warn(
                    "-D{}: the clock is moved by what {} holds. This is for tests: a jump expires"
                            + " records for good",
                    TestClock.PROPERTY,
                    clock.file());
        }
        // Before anything is recovered: whoever mistyped a name should not wait for that.
        var tls = settings.listen().tls();
        if (tls.isPresent()) {
            parts.start("TLS", () -> checked(tls.get()));
        }
        var metrics = parts.open("metrics", Metrics::new, Metrics::close);
        parts.start("data directory", () -> Files.createDirectories(settings.data()));
        var logWriter = parts.open("request log", LogWriter::start, LogWriter::close);
        var audit = new AuditTrail(logWriter);
        var traces = openTraces();
        var others =
                settings.cluster().isEmpty()
                        ? Neighbours.NONE
                        : parts.<Neighbours>open(
                                "cluster",
                                () -> ClusterNeighbours.join(settings, surroundings),
                                Neighbours::close);
        neighbours = others;
        var streams =
                parts.open(
                        "data streams",
                        () -> DataStreams.open(settings, surroundings, metrics.registry(), others),
                        DataStreams::close);
        groups = streams.groups();
        health.watch("cluster", others::trouble);
        health.vital(() -> !others.isLost());
        health.watch("store", streams::trouble);
        health.vital(() -> !streams.isBroken());
        var operations = OperationTable.builder();
        streams.addTo(operations);
        openAdministration(streams, operations);
        var services =
                new HttpServices(
                        streams.fresh(operations.build()).map(audit::watch),
                        authenticator(),
                        PlainRoutes.of(health, metrics, neighbours.calls()),
                        requestLog(metrics, logWriter, audit),
                        traces,
                        surroundings.clock(),
                        surroundings.ticker(),
                        new SplittableRandom(surroundings.random().nextLong()));
        var front =
                parts.open(
                        listening(),
                        () -> HttpFront.start(httpSettings(), services),
                        server -> server.stop(settings.drain()));
        FrontMeters.bind(front, metrics.registry());
        addresses = addresses(front);
        health.serving(true);
    }

    private static Settings.Tls checked(Settings.Tls tls) throws IOException {
        TlsFiles.check(tls);
        return tls;
    }

    private void openAdministration(DataStreams streams, OperationTable.Builder operations)
            throws NodeStartException {
        var aws = settings.aws();
        var backups =
                parts.open(
                        "backups",
                        () ->
                                new BackupAdmin(
                                        streams.store(),
                                        surroundings.clock(),
                                        surroundings.random()),
                        BackupAdmin::close);
        streams.background().every(BACKUP_PAUSE, "letting go of an idle backup", backups::expire);
        boolean guarded = !settings.identities().isEmpty() || listensOnLoopback();
        var service =
                parts.open(
                        "administration",
                        () ->
                                new AdminService(
                                        new Authorizer(surroundings.clock()),
                                        aws.region(),
                                        aws.account(),
                                        guarded),
                        AdminService::close);
        var table = operations.service(AdminService.TARGET_PREFIX, streams.constraints());
        service.addTo(table, new ConsumerAdmin(streams.groups(), aws.account()));
        service.addTo(table, backups);
        neighbours.calls().ifPresent(calls -> service.addTo(table, calls));
    }

    private boolean listensOnLoopback() throws NodeStartException {
        var host = settings.listen().host();
        return parts.start(
                "listening address", () -> InetAddress.getByName(host).isLoopbackAddress());
    }

    private Authenticator authenticator() {
        if (settings.identities().isEmpty()) {
            return new AnonymousAuthenticator(settings.aws().account());
        }
        var identities = Identities.of(settings.identities());
        return new SigV4Authenticator(
                () -> identities,
                SigV4Settings.kinesis(settings.aws().region()),
                surroundings.clock());
    }

    private RequestLog requestLog(Metrics metrics, LogWriter writer, AuditTrail audit) {
        var meters = new RequestMeters(metrics.registry());
        var slowMax = settings.log().slowRequest();
        if (slowMax.isZero()) {
            return request -> {
                meters.finished(request);
                audit.finished(request);
            };
        }
        var slow = new SlowRequests(writer, slowMax);
        return request -> {
            meters.finished(request);
            slow.finished(request);
            audit.finished(request);
        };
    }

    private RequestTraces openTraces() throws NodeStartException {
        var endpoint = settings.tracing().endpoint();
        if (endpoint.isEmpty()) {
            return RequestTraces.NONE;
        }
        return parts.open(
                "tracing",
                () -> {
                    JulLines.install();
                    return OtlpTraces.to(endpoint.get(), settings.tracing().sample());
                },
                OtlpTraces::close);
    }

    private HttpSettings httpSettings() {
        var listen = settings.listen();
        var runtime = Runtime.getRuntime();
        return new HttpSettings(
                listen.host(),
                listen.port(),
                listen.tls()
                        .map(tls -> new HttpSettings.Tls(tls.port(), tls.certificate(), tls.key())),
                Math.max(2, runtime.availableProcessors()),
                // Signatures are what makes answering any web page safe.
                !settings.identities().isEmpty(),
                HttpLimits.forHeap(runtime.maxMemory()));
    }

    private String listening() {
        var listen = settings.listen();
        return "server on %s:%d%s"
                .formatted(
                        listen.host(),
                        listen.port(),
                        listen.tls().map(tls -> " and, with TLS, " + tls.port()).orElse(""));
    }

    private List<URI> addresses(HttpFront front) {
        var host = settings.listen().host();
        var shown = host.indexOf(':') < 0 ? host : "[" + host + "]";
        var found = new ArrayList<URI>();
        found.add(URI.create("http://" + shown + ":" + front.port()));
        front.tlsPort().ifPresent(port -> found.add(URI.create("https://" + shown + ":" + port)));
        return List.copyOf(found);
    }

    /** The checkpointed consumers of this node's streams. */
    public StreamGroups groups() {
        var open = groups;
        if (open == null) {
            throw new IllegalStateException("the node does not run");
        }
        return open;
    }

    /** Where the node answers, the plain address first. */
    public List<URI> addresses() {
        return addresses;
    }

    /** Finishes what is in flight, within the drain time, and closes everything. */
    @Override
    public void close() {
        health.serving(false);
        // Requests are served meanwhile, by whoever gets the shards.
        var others = neighbours;
        neighbours = Neighbours.NONE;
        others.drain(settings.drain());
        parts.close();
    }
}
