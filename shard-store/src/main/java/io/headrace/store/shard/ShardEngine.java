package io.headrace.store.shard;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.StoreEvents;
import io.headrace.store.StoreSettings;
import io.headrace.store.Ticker;
import io.headrace.store.journal.Journals;
import io.headrace.store.journal.Journals.SealedJournal;
import io.headrace.store.journal.NoJournal;
import io.headrace.store.journal.SharedJournals;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.StoreFullException;
import io.headrace.store.record.BlockCipher;
import java.io.IOException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The shards of a node and the loops that drive them: write, sync, maintain, prepare. {@link
 * #start} gives each its thread; a simulation calls the steps itself, in any order, on one thread.
 */
public final class ShardEngine implements AutoCloseable {
    private static final long LIST_CACHE_BYTES_MAX = 8 << 20;
    private static final long DRAIN_MS_MAX = 10_000;
    private static final long WRITER_REST_NANOS = 10_000_000;
    private static final long SYNCER_REST_NANOS = 100_000_000;
    private static final long MAINTENANCE_REST_NANOS = 200_000_000;

    private final RequestQueue queue;
    private final CommitLane lane;
    private final CommitWriter writer;
    private final CommitSyncer syncer;
    private final Maintenance maintenance;
    private final LocalShards shards;
    private final TailCache tailCache;
    private final Journals journals;
    private final ObjectStore objects;
    private final StoreEvents events;
    private final Handover handover;
    private final EngineThreads threads;
    private final List<StepLoop> loops;
    private volatile @Nullable Throwable brokenBy;

    /**
     * All that is injected.
     *
     * @param random used by several threads
     * @param locks makes what is held while the store is asked
     * @param sharing how it gets on with others, if the journals are {@link SharedJournals}
     */
    public record Seams(
            ObjectStore objects,
            Journals journals,
            Retention retention,
            BlockCipher cipher,
            InstantSource clock,
            Ticker ticker,
            RandomGenerator random,
            StoreEvents events,
            Supplier<Lock> locks,
            Sharing sharing) {
        /** Of an engine that shares its store with no other. */
        public Seams(
                ObjectStore objects,
                Journals journals,
                Retention retention,
                BlockCipher cipher,
                InstantSource clock,
                Ticker ticker,
                RandomGenerator random,
                StoreEvents events) {
            this(
                    objects,
                    journals,
                    retention,
                    cipher,
                    clock,
                    ticker,
                    random,
                    events,
                    ReentrantLock::new,
                    Sharing.ALONE);
        }

        /** The journals if the store is shared, else null. */
        @Nullable SharedJournals sharedJournals() {
            return journals instanceof SharedJournals shared ? shared : null;
        }
    }

    /** How the store is. */
    public sealed interface Health {
        record Running() implements Health {}

        /** Appends are refused until there is room; reads go on. */
        record Full() implements Health {}

        /** The journal failed; it is being replaced, and appends are refused until then. */
        record Fenced(String cause) implements Health {}

        /** A bug stopped a loop: the process has to be restarted. */
        record Broken(String cause) implements Health {}

        /** Something that stays until a person acts: appends or changes are refused. */
        record Stuck(String cause) implements Health {}
    }

    private ShardEngine(
            Seams seams,
            StoreSettings settings,
            EngineThreads threads,
            SegmentLists.Folding folding,
            Recovered recovered)
            throws IOException {
        this.threads = threads;
        events = seams.events();
        journals = seams.journals();
        objects = seams.objects();
        queue = new RequestQueue(settings.pendingBytesMax(), settings.pendingAppendsMax());
        lane = firstLane(journals);
        tailCache = new TailCache(settings.tailCacheBytes());
        var manifests =
                new Manifests(seams.objects(), recovered.blocks(), events, takeOver(seams, lane));
        recovered
                .journals()
                .forEach(journal -> manifests.sealed(journal.reader().id(), journal.entries()));
        var segments = new Segments(seams.objects(), settings.replayCacheBytes());
        long listBytes = Math.min(LIST_CACHE_BYTES_MAX, settings.replayCacheBytes() / 8);
        var lists = new SegmentLists(seams.objects(), listBytes, folding);
        var parts =
                new EngineParts(
                        seams,
                        settings,
                        threads,
                        queue,
                        lane,
                        manifests,
                        tailCache,
                        segments,
                        lists,
                        new ColdReader(segments, lists, seams.cipher(), seams.sharing().hot()));
        shards = parts.shards();
        writer = parts.writer(shards);
        maintenance =
                parts.maintenance(
                        shards, recovered.journals().stream().map(SealedJournal::reader).toList());
        handover = parts.handover(shards, maintenance);
        var maintain = loop("store-maintenance", maintenance::step, MAINTENANCE_REST_NANOS);
        var prepare = loop("store-prepare", maintenance::prepareStep, MAINTENANCE_REST_NANOS);
        syncer =
                parts.syncer(() -> {
                    prepare.wake();
                    maintain.wake();
                });
        // Each answers what is its own: what one of them has begun the other must not touch.
        var write =
                loop(
                        "store-write",
                        writer::step,
                        WRITER_REST_NANOS,
                        () -> writer.refuseAll(broken()));
        var sync =
                loop(
                        "store-sync",
                        syncer::step,
                        SYNCER_REST_NANOS,
                        () -> syncer.refuseAll(broken()));
        maintenance.waiter(maintain.thread());
        queue.waiter(write.thread());
        lane.syncer(sync.thread());
        loops = List.of(write, sync, maintain, prepare);
    }

    private static @Nullable TakeOver takeOver(Seams seams, CommitLane lane) {
        var journals = seams.sharedJournals();
        return journals == null
                ? null
                : new TakeOver(
                        seams.objects(),
                        journals,
                        new DeadTails(journals, seams.locks().get()),
                        lane,
                        seams.sharing());
    }

    /** Without room for a journal it starts as after one that failed, and goes on like that. */
    private static CommitLane firstLane(Journals journals) throws IOException {
        try {
            return new CommitLane(journals.begin());
        } catch (StoreFullException e) {
            var lane = new CommitLane(new NoJournal());
            lane.fence(e);
            return lane;
        }
    }

    private record Recovered(
            ConcurrentHashMap<ShardKey, RecoveredBlocks> blocks, List<SealedJournal> journals) {}

    /**
     * Recovers what the journals hold and begins a new one; nothing runs yet.
     *
     * @throws io.headrace.store.journal.DamagedJournalException if durable entries were damaged
     */
    public static ShardEngine open(Seams seams, StoreSettings settings) throws IOException {
        var threads = EngineThreads.start(settings);
        try {
            return open(seams, settings, threads);
        } catch (IOException | RuntimeException e) {
            threads.end().run();
            throw e;
        }
    }

    static ShardEngine open(Seams seams, StoreSettings settings, EngineThreads threads)
            throws IOException {
        return open(seams, settings, threads, SegmentLists.Folding.DEFAULT);
    }

    static ShardEngine open(
            Seams seams,
            StoreSettings settings,
            EngineThreads threads,
            SegmentLists.Folding folding)
            throws IOException {
        var blocks = new HashMap<ShardKey, RecoveredBlocks>();
        var journals =
                seams.journals()
                        .recover((journal, entry, position, block) ->
                                blocks.computeIfAbsent(block.shard(), key -> new RecoveredBlocks())
                                        .add(
                                                new BlockIndex.Run(journal, block.epoch()),
                                                entry,
                                                position,
                                                block));
        return new ShardEngine(
                seams,
                settings,
                threads,
                folding,
                new Recovered(new ConcurrentHashMap<>(blocks), journals));
    }

    public Shards shards() {
        return shards;
    }

    /** Starts the threads; once. */
    public void start() {
        loops.forEach(StepLoop::start);
    }

    public Health health() {
        var broken = brokenBy;
        if (broken != null) {
            return new Health.Broken(broken.toString());
        }
        if (writer.isFull()) {
            return new Health.Full();
        }
        var fenced = lane.fencedBy();
        if (fenced != null) {
            return new Health.Fenced(fenced.toString());
        }
        if (writer.isJournalStalled()) {
            return new Health.Stuck(CommitWriter.STALLED);
        }
        return objects.trouble().<Health>map(Health.Stuck::new).orElseGet(Health.Running::new);
    }

    /**
     * Lets go of a shard in good order, after making that quick for the next owner; completes when
     * it is not owned here any more.
     */
    public CompletableFuture<Void> release(ShardKey shard) {
        return handover.prepare(shard)
                .handle((done, failure) -> true)
                .thenCompose(any -> handover.release(shard));
    }

    /** Lets go of a shard in good order, at once. */
    public CompletableFuture<Void> releaseNow(ShardKey shard) {
        return handover.release(shard);
    }

    /** Makes the moves to come quick, while nothing moves yet. */
    public CompletableFuture<Void> prepareRelease() {
        return handover.prepare();
    }

    /** As {@link #prepareRelease()}, of one shard. */
    public CompletableFuture<Void> prepareRelease(ShardKey shard) {
        return handover.prepare(shard);
    }

    /** Lets go of every shard; those asked for later are taken over again. */
    public CompletableFuture<Void> releaseAll() {
        return handover.releaseAll();
    }

    /** What this process owns on a shared store, in no order. */
    public List<OwnedShard> owned() {
        return shards.held().stream().flatMap(log -> OwnedShard.of(log).stream()).toList();
    }

    /** Where a journal stands: entries below {@code durableEntries} are durable. */
    public record JournalPoint(String journalId, long durableEntries) {}

    /** Where the journal stands that is written now; any thread. */
    public JournalPoint journalPoint() {
        var journal = lane.journal();
        return new JournalPoint(journal.id(), journal.durableBefore());
    }

    /** Bytes of appends that were accepted and not answered yet. */
    public long pendingBytes() {
        return queue.reservedBytes();
    }

    /** Bytes of newest blocks in memory. */
    public long tailBytes() {
        return tailCache.bytes();
    }

    /** Bytes of journal files on disk. */
    public long journalBytes() {
        return journals.storedBytes();
    }

    /** Answers what is pending, refuses what comes, seals the journal and ends the threads. */
    @Override
    public void close() throws IOException {
        shards.refuseAppends();
        try {
            for (long waited = 0; queue.reservedAppends() > 0 && waited < DRAIN_MS_MAX; waited++) {
                Thread.sleep(1);
            }
            for (var loop : loops) {
                loop.stop();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        maintenance.finish();
        writer.refuseAll(
                new RefusedException(ErrorCode.INTERNAL_FAILURE, "the node is shutting down"));
        threads.end().run();
        if (brokenBy == null) {
            while (syncStep()) {
                // What was written after the last sync.
            }
            lane.journal().seal();
        }
    }

    boolean writeStep() {
        return writer.step();
    }

    boolean syncStep() {
        return syncer.step();
    }

    boolean maintenanceStep() {
        return maintenance.step();
    }

    boolean prepareStep() {
        return maintenance.prepareStep();
    }

    private StepLoop loop(String name, BooleanSupplier step, long restNanos) {
        return loop(name, step, restNanos, () -> {});
    }

    private StepLoop loop(String name, BooleanSupplier step, long restNanos, Runnable whenBroken) {
        return new StepLoop(
                name,
                step,
                restNanos,
                () -> brokenBy != null,
                () -> {
                    whenBroken.run();
                    return false;
                },
                this::breakDown);
    }

    /** Nothing more is written, trimmed or compacted; each loop answers what waits for it. */
    private void breakDown(Throwable bug) {
        brokenBy = bug;
        shards.refuseAppends();
        var cause = new IllegalStateException("a bug stopped the store", bug);
        lane.fence(cause);
        events.fenced(cause);
        loops.forEach(StepLoop::wake);
    }

    private RefusedException broken() {
        return new RefusedException(
                ErrorCode.INTERNAL_FAILURE,
                "the outcome of the write is unknown",
                new IllegalStateException("a bug stopped the store", brokenBy));
    }
}
