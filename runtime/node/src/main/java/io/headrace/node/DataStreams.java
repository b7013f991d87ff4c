package io.headrace.node;

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
import io.headrace.store.shard.Retention;
import io.headrace.store.shard.ShardEngine.Health;
import io.headrace.store.shard.Sharing;
import io.headrace.store.stream.AccountCatalog;
import io.headrace.store.stream.LoadMeter;
import io.headrace.store.stream.OnDemandScaler;
import io.headrace.store.stream.ScalerSettings;
import io.headrace.store.stream.StreamCatalog;
import io.headrace.store.stream.StreamLimits;
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
    private static final Duration SCALING_PAUSE = Duration.ofSeconds(10);
    private static final Duration SWEEP_PAUSE = Duration.ofMinutes(10);
    private static final Duration KEYS_PAUSE = Duration.ofSeconds(1);
    private static final Duration RETIRE_PAUSE = Duration.ofSeconds(5);

    private final ShardStore store;
    private final StreamCatalog catalog;
    private final StreamOperations control;
    private final DataOperations data;
    private final ServiceConstraints constraints;
    private final BackgroundSteps background;
    private final StreamGroups groups;

    private DataStreams(
            ShardStore store,
            StreamCatalog catalog,
            StreamOperations control,
            DataOperations data,
            ServiceConstraints constraints,
            BackgroundSteps background,
            StreamGroups groups) {
        this.store = store;
        this.catalog = catalog;
        this.control = control;
        this.data = data;
        this.constraints = constraints;
        this.background = background;
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

    static DataStreams open(Settings settings, Surroundings surroundings, MeterRegistry registry)
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
                        Sharing.ALONE);
        meters.watch(store);
        var background = new BackgroundSteps(surroundings.clock());
        try {
            var catalog = StreamCatalog.open(store.objects(), random);
            late.catalog = catalog;
            keys.serve(catalog, store.objects());
            background.every(KEYS_PAUSE, "reading the master keys", keys::refresh);
            var traffic = new StreamMeters(registry);
            var wired = wire(settings, surroundings, store, catalog, keys, background, traffic);
            traffic.watch(catalog, wired.data::subscriptions);
            background.every(SWEEP_PAUSE, "removing old checkpoints", wired.groups::sweep);
            background.every(RETIRE_PAUSE, "retiring meters", () -> traffic.retire(catalog));
            return wired;
        } catch (IOException | InterruptedException | RuntimeException e) {
            background.close();
            store.close();
            throw e;
        }
    }

    private static StreamQuotas quotas(
            boolean limited, LoadMeter meter, Surroundings surroundings) {
        return limited ? StreamQuotas.aws(meter, surroundings.ticker()) : StreamQuotas.none(meter);
    }

    private static DataStreams wire(
            Settings settings,
            Surroundings surroundings,
            ShardStore store,
            StreamCatalog catalog,
            RecordKeys keys,
            BackgroundSteps background,
            StreamTraffic traffic)
            throws IOException, InterruptedException {
        var clock = surroundings.clock();
        var aws = settings.aws();
        boolean limited = aws.limits() == Settings.Limits.AWS;
        var transitions = new Transitions(catalog, store.shards(), clock, keys::delete);
        var streams =
                new Streams(
                        catalog,
                        transitions,
                        clock,
                        aws.region(),
                        limited ? StreamLimits.aws() : StreamLimits.none(),
                        aws.transition());
        var meter = new LoadMeter();
        var scaling = ScalerSettings.standard();
        var scaler = new OnDemandScaler(streams, meter, surroundings.ticker(), scaling);
        transitions.step();
        background.every(TRANSITION_PAUSE, "carrying out pending changes", transitions::step);
        background.every(SCALING_PAUSE, "scaling on-demand streams", scaler::step);

        var identity = new NodeIdentity(aws.account(), aws.region());
        var lookup = new StreamLookup(catalog, identity);
        var access = new StreamAccess(new Authorizer(clock), catalog, identity);
        var tokens = StreamTokens.open(store.objects(), clock, surroundings.random());
        var constraints = ServiceConstraints.kinesis();
        var quotas = quotas(limited, meter, surroundings);
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
                        store.shards(),
                        tokens,
                        constraints,
                        quotas,
                        background,
                        traffic,
                        clock,
                        surroundings.ticker());
        return new DataStreams(
                store,
                catalog,
                control,
                data,
                constraints,
                background,
                new StreamGroups(catalog, store.shards(), store.objects(), clock));
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
        return background;
    }

    ShardStore store() {
        return store;
    }

    StreamCatalog catalog() {
        return catalog;
    }

    /** Why appends are refused; empty while they are not. */
    Optional<String> trouble() {
        return switch (store.health()) {
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
        return store.health() instanceof Health.Broken;
    }

    @Override
    public void close() throws IOException {
        // A step that went on past this could write to a directory another process has by then.
        background.close();
        store.close();
    }
}
