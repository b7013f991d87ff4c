package io.headrace.node;

import io.headrace.node.metrics.CacheMeters;
import io.headrace.node.metrics.StoreMeters;
import io.headrace.node.metrics.StreamMeters;
import io.headrace.node.settings.Settings;
import io.headrace.router.auth.Authorizer;
import io.headrace.router.streams.DataOperations;
import io.headrace.router.streams.NodeIdentity;
import io.headrace.router.streams.StreamAccess;
import io.headrace.router.streams.StreamLookup;
import io.headrace.router.streams.StreamOperations;
import io.headrace.router.streams.StreamQuotas;
import io.headrace.router.streams.StreamTokens;
import io.headrace.router.streams.StreamTraffic;
import io.headrace.router.wire.OperationTable;
import io.headrace.router.wire.ServiceConstraints;
import io.headrace.store.ShardKey;
import io.headrace.store.ShardStore;
import io.headrace.store.Ticker;
import io.headrace.store.shard.Retention;
import io.headrace.store.shard.ShardEngine.Health;
import io.headrace.store.shard.Shards;
import io.headrace.store.stream.AccountCatalog;
import io.headrace.store.stream.LoadMeter;
import io.headrace.store.stream.OnDemandScaler;
import io.headrace.store.stream.ScalerSettings;
import io.headrace.store.stream.StreamCatalog;
import io.headrace.store.stream.StreamLimits;
import io.headrace.store.stream.StreamState;
import io.headrace.store.stream.Streams;
import io.headrace.store.stream.Transitions;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Kinesis Data Streams on this node: the store, the catalog of streams, and the operations on them.
 * Opened and closed by one thread.
 */
final class DataStreams implements AutoCloseable {
    private static final Duration TRANSITION_PAUSE = Duration.ofMillis(500);
    private static final long OVERDUE_MS = 2000;

    /** So long clients can take through each node what they took through another. */
    private static final Duration TELL_PAUSE = Duration.ofMillis(250);

    private static final Duration SCALING_PAUSE = Duration.ofSeconds(10);
    private static final Duration SWEEP_PAUSE = Duration.ofMinutes(10);
    private static final Duration KEYS_PAUSE = Duration.ofSeconds(1);
    private static final Duration RETIRE_PAUSE = Duration.ofSeconds(5);

    private final Parts parts;
    private final StreamOperations control;
    private final DataOperations data;
    private final ServiceConstraints constraints;
    private final StreamGroups groups;

    /**
     * What the operations stand on.
     *
     * @param shards of all nodes
     * @param watch looks only if the store is shared
     */
    private record Parts(
            ShardStore store,
            Shards shards,
            StreamCatalog catalog,
            RecordKeys keys,
            BackgroundSteps background,
            MetadataWatch watch,
            Neighbours neighbours,
            boolean shared) {
        /** Whether this node is the one to look after a stream. */
        boolean isHere(StreamState stream) {
            return neighbours.sharing().view().isHere(stream.shardKey(0));
        }
    }

    private DataStreams(
            Parts parts,
            StreamOperations control,
            DataOperations data,
            ServiceConstraints constraints,
            StreamGroups groups) {
        this.parts = parts;
        this.control = control;
        this.data = data;
        this.constraints = constraints;
        this.groups = groups;
    }

    /**
     * What the store asks of the catalog, which lives in it and is opened after it; until then all
     * is kept.
     */
    private static final class LateCatalog implements Retention {
        private volatile @Nullable StreamCatalog catalog;

        @Override
        public long keptMs(ShardKey shard) {
            var known = catalog;
            return known == null ? Long.MAX_VALUE : known.retentionMs(shard).orElse(Long.MAX_VALUE);
        }
    }

    static DataStreams open(
            Settings settings,
            Surroundings surroundings,
            MeterRegistry registry,
            Neighbours neighbours)
            throws IOException, InterruptedException {
        var meters = new StoreMeters(registry);
        var late = new LateCatalog();
        var random = surroundings.random();
        var keys = RecordKeys.open(settings.data().resolve("keys.json"), random);
        var store =
                StoreOpening.open(
                        settings,
                        surroundings,
                        new ShardStore.Seams(
                                late,
                                keys::cipher,
                                surroundings.clock(),
                                surroundings.ticker(),
                                random,
                                meters),
                        neighbours.sharing(),
                        new CacheMeters(registry));
        meters.watch(store);
        meters.onResumed(neighbours::journalChanged);
        boolean shared = !(settings.store() instanceof Settings.Store.OfNode);
        var watch = new MetadataWatch(neighbours::tell);
        var background = new BackgroundSteps(surroundings.clock());
        try {
            var catalog =
                    StreamCatalog.open(
                            store.objects(), random, shared ? watch : StreamCatalog.Others.NONE);
            late.catalog = catalog;
            keys.serve(catalog, store.objects(), shared ? Optional.of(watch) : Optional.empty());
            if (shared) {
                watch.start(catalog);
            }
            var shards = neighbours.open(store, watch);
            neighbours.ready();
            background.every(KEYS_PAUSE, "reading the master keys", keys::refresh);
            var traffic = new StreamMeters(registry);
            var parts =
                    new Parts(store, shards, catalog, keys, background, watch, neighbours, shared);
            var wired = wire(settings, surroundings, parts, traffic);
            traffic.watch(catalog, wired.data::subscriptions);
            background.every(SWEEP_PAUSE, "removing old checkpoints", wired.groups::sweep);
            background.every(RETIRE_PAUSE, "retiring meters", () -> traffic.retire(catalog));
            return wired;
        } catch (IOException | InterruptedException | RuntimeException e) {
            background.close();
            watch.close();
            store.close();
            throw e;
        }
    }

    private static StreamQuotas quotas(
            boolean limited, LoadMeter meter, Surroundings surroundings) {
        return limited ? StreamQuotas.aws(meter, surroundings.ticker()) : StreamQuotas.none(meter);
    }

    private static void carryOut(Transitions transitions, Parts parts) throws InterruptedException {
        if (parts.shared()) {
            // Whoever was asked for a change carries it out, and the others only if that node
            // ended.
            parts.background()
                    .every(
                            TRANSITION_PAUSE,
                            "carrying out pending changes",
                            () -> transitions.step(parts::isHere, OVERDUE_MS));
        } else {
            transitions.step();
            parts.background()
                    .every(TRANSITION_PAUSE, "carrying out pending changes", transitions::step);
        }
    }

    /** On-demand streams follow their load, and other nodes hear what is taken through this one. */
    private static void scale(
            Streams streams, LoadMeter meter, StreamQuotas quotas, Parts parts, Ticker ticker) {
        var peers = parts.neighbours().peers();
        var scaler =
                new OnDemandScaler(
                        streams,
                        meter,
                        ticker,
                        ScalerSettings.standard(),
                        parts::isHere,
                        peers::loaded);
        parts.background().every(SCALING_PAUSE, "scaling on-demand streams", scaler::step);
        if (parts.shared()) {
            parts.background()
                    .every(
                            TELL_PAUSE,
                            "telling other nodes what was used",
                            () -> {
                                scaler.tell();
                                quotas.tell(peers);
                            });
        }
    }

    private static DataStreams wire(
            Settings settings, Surroundings surroundings, Parts parts, StreamTraffic traffic)
            throws IOException, InterruptedException {
        var store = parts.store();
        var catalog = parts.catalog();
        var keys = parts.keys();
        var background = parts.background();
        var shards = parts.shards();
        var clock = surroundings.clock();
        var aws = settings.aws();
        boolean limited = aws.limits() == Settings.Limits.AWS;
        var transitions = new Transitions(catalog, shards, clock, keys::delete);
        var streams =
                new Streams(
                        catalog,
                        transitions,
                        clock,
                        aws.region(),
                        limited ? StreamLimits.aws() : StreamLimits.none(),
                        aws.transition());
        var meter = new LoadMeter();
        var quotas = quotas(limited, meter, surroundings);
        var peers = parts.neighbours().peers();
        carryOut(transitions, parts);
        scale(streams, meter, quotas, parts, surroundings.ticker());

        var identity = new NodeIdentity(aws.account(), aws.region());
        var lookup = new StreamLookup(catalog, identity);
        var access = new StreamAccess(new Authorizer(clock), catalog, identity);
        var tokens = StreamTokens.open(store.objects(), clock, surroundings.random());
        var constraints = ServiceConstraints.kinesis();
        var control =
                new StreamOperations(
                        streams,
                        new AccountCatalog(store.objects(), surroundings.random()),
                        lookup,
                        tokens,
                        access,
                        quotas,
                        keys::prepare,
                        clock);
        var data =
                new DataOperations(
                        lookup,
                        access,
                        catalog,
                        shards,
                        tokens,
                        constraints,
                        quotas,
                        peers,
                        background,
                        traffic,
                        clock,
                        surroundings.ticker());
        return new DataStreams(
                parts,
                control,
                data,
                constraints,
                new StreamGroups(catalog, shards, store.objects(), clock));
    }

    /** Adds the operations to the node's table. */
    void addTo(OperationTable.Builder table) {
        var service = table.service(StreamOperations.TARGET_PREFIX, constraints);
        control.addTo(service);
        data.addTo(service);
    }

    /** The checkpointed consumers of the streams. */
    StreamGroups groups() {
        return groups;
    }

    ServiceConstraints constraints() {
        return constraints;
    }

    /** Steps that end before the store closes. */
    BackgroundSteps background() {
        return parts.background();
    }

    ShardStore store() {
        return parts.store();
    }

    StreamCatalog catalog() {
        return parts.catalog();
    }

    /** The node's operations as they are to be served beside other nodes. */
    OperationTable fresh(OperationTable operations) {
        var fresh = new FreshOperations(parts.watch());
        return parts.shared() ? operations.map(fresh::of) : operations;
    }

    /** Why appends are refused; empty while they are not. */
    Optional<String> trouble() {
        return switch (parts.store().health()) {
            case Health.Running() -> Optional.empty();
            case Health.Full() -> Optional.of("the disk is full; appends are refused");
            case Health.Stuck(String cause) -> Optional.of(cause);
            case Health.Fenced(String cause) ->
                    Optional.of("the journal failed and is being replaced: " + cause);
            case Health.Broken(String cause) ->
                    Optional.of("a bug stopped the store; restart the node: " + cause);
        };
    }

    /** Whether only a restart helps. */
    boolean isBroken() {
        return parts.store().health() instanceof Health.Broken;
    }

    @Override
    public void close() throws IOException {
        // A step that went on past this could write to a directory another process has by then.
        parts.background().close();
        try {
            parts.watch().close();
        } finally {
            parts.store().close();
        }
    }
}
