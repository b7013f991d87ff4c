package io.headrace.node;

import io.headrace.node.settings.Settings;
import io.headrace.router.auth.Authorizer;
import io.headrace.router.streams.DataOperations;
import io.headrace.router.streams.NodeIdentity;
import io.headrace.router.streams.StreamAccess;
import io.headrace.router.streams.StreamLookup;
import io.headrace.router.streams.StreamOperations;
import io.headrace.router.streams.StreamTokens;
import io.headrace.router.wire.OperationTable;
import io.headrace.router.wire.ServiceConstraints;
import io.headrace.store.ShardKey;
import io.headrace.store.ShardStore;
import io.headrace.store.StoreEvents;
import io.headrace.store.StoreSettings;
import io.headrace.store.crypt.AesGcmCipher;
import io.headrace.store.crypt.DataKeys;
import io.headrace.store.crypt.KeyFile;
import io.headrace.store.shard.Retention;
import io.headrace.store.stream.AccountCatalog;
import io.headrace.store.stream.LoadMeter;
import io.headrace.store.stream.OnDemandScaler;
import io.headrace.store.stream.ScalerSettings;
import io.headrace.store.stream.StreamCatalog;
import io.headrace.store.stream.StreamLimits;
import io.headrace.store.stream.Streams;
import io.headrace.store.stream.Transitions;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Kinesis Data Streams on this node: the store, the catalog of streams, and the operations on them. */
final class DataStreams implements AutoCloseable {
    private static final Duration TRANSITION_PAUSE = Duration.ofMillis(500);
    private static final Duration SCALING_PAUSE = Duration.ofSeconds(10);

    private final ShardStore store;
    private final OperationTable operations;

    private DataStreams(ShardStore store, OperationTable operations) {
        this.store = store;
        this.operations = operations;
    }

    /** What the store asks of the catalog, which is opened after it; until then everything is kept. */
    private static final class LateCatalog implements Retention {
        private volatile @Nullable StreamCatalog catalog;

        @Override
        public long retentionMs(ShardKey shard) {
            var known = catalog;
            return known == null
                    ? Long.MAX_VALUE
                    : known.retentionMs(shard).orElse(Long.MAX_VALUE);
        }
    }

    static DataStreams open(
            Settings settings,
            Surroundings surroundings,
            StoreEvents events,
            BackgroundSteps background)
            throws IOException, InterruptedException {
        return null;
    }
}
