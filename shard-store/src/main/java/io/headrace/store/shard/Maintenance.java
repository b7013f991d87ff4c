package io.headrace.store.shard;

import io.headrace.store.ShardKey;
import io.headrace.store.StoreEvents;
import io.headrace.store.Ticker;
import io.headrace.store.journal.FencedException;
import io.headrace.store.journal.JournalReader;
import io.headrace.store.journal.Journals;
import io.headrace.store.journal.SharedJournals;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.record.DamagedBlockException;
import java.io.IOException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What has to be done besides committing and reading: keep a journal file ready, compact, give the
 * journal's room back, enforce retention, sweep. {@link #step} is called by one thread, again and
 * again, {@link #prepareStep} by another.
 */
final class Maintenance {
    private static final long RETENTION_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long TRIM_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LOOK_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** An entry is a request of who takes over, and a compaction about four. */
    private static final int HANDED_BLOCKS_MAX = 64;

    /** So often what came meanwhile is compacted as well. */
    private static final int AHEAD_ROUNDS_MAX = 3;

    /**
     * Read in a fraction of a second from a store that answers within ten milliseconds; to give so
     * many back costs a tenth of the requests that writing them did.
     */
    private static final int ENTRIES_KEPT_MIN = 500;

    private static final int ENTRIES_PER_SHARD = 8;

    private static final String PREPARING = "preparing a journal file";
    private static final Pattern SHARD_OBJECT =
            Pattern.compile("shards/([0-9a-f]{16})/([0-9]{1,9})/.*");

    private final Journals journals;
    private final ObjectStore objects;
    private final CommitLane lane;
    private final Manifests manifests;
    private final LocalShards shards;
    private final Compactor compactor;
    private final InstantSource clock;
    private final Ticker ticker;
    private final StoreEvents events;
    private final Limits limits;
    private final List<JournalReader> sealed = new CopyOnWriteArrayList<>();
    private final ShardTasks tasks;
    private final Set<String> failing = ConcurrentHashMap.newKeySet();
    private final Backoff prepareBackoff;
    private final @Nullable SharedJournals shared;
    private final @Nullable EntryTrimmer trimmer;
    private final Sharing sharing;
    private long retentionNanos;
    private long sweptNanos;
    private long trimmedNanos;
    private long lookedNanos;

    /**
     * When to compact and sweep; see {@link io.headrace.store.StoreSettings}.
     *
     * @param journaledBlocksMax blocks in no segment, of all shards, from which some are compacted
     */
    record Limits(
            long segmentBytes,
            long compactAfterMs,
            long journalBytesMax,
            long journaledBlocksMax,
            long sweepAfterMs) {}

    /**
     * What it works with.
     *
     * @param compaction runs compactions, a few at a time: while one waits for the disk another
     *     compresses
     * @param shared the journals, if others write to the store as well
     */
    record Parts(
            Journals journals,
            ObjectStore objects,
            CommitLane lane,
            Manifests manifests,
            LocalShards shards,
            Compactor compactor,
            InstantSource clock,
            Ticker ticker,
            StoreEvents events,
            Executor compaction,
            @Nullable SharedJournals shared,
            Sharing sharing) {}

    Maintenance(Parts parts, Limits limits, List<JournalReader> sealedBefore) {
        this.journals = parts.journals();
        this.objects = parts.objects();
        this.lane = parts.lane();
        this.manifests = parts.manifests();
        this.shards = parts.shards();
        this.compactor = parts.compactor();
        this.clock = parts.clock();
        this.events = parts.events();
        this.tasks = new ShardTasks(parts.compaction(), parts.ticker(), parts.events());
        this.limits = limits;
        this.shared = parts.shared();
        this.sharing = parts.sharing();
        this.trimmer =
                shared == null
                        ? null
                        : new EntryTrimmer(shared, objects, this::held, events, sharing);
        this.sealed.addAll(sealedBefore);
        this.ticker = parts.ticker();
        this.prepareBackoff = new Backoff(ticker);
        this.sweptNanos = ticker.nanos();
        this.trimmedNanos = ticker.nanos();
        this.lookedNanos = ticker.nanos();
        this.retentionNanos = ticker.nanos() - RETENTION_PAUSE_NANOS;
    }

    /** Who takes the steps. */
    void waiter(Thread thread) {
        tasks.waiter(thread);
    }

    /** Waits for what was begun; called when no more steps are taken. */
    void finish() {
        tasks.awaitAll();
    }

    /** Does what is due; true if it is worth coming again at once. */
    boolean step() {
        for (var old = lane.nextReplaced(); old != null; old = lane.nextReplaced()) {
            if (shared == null) {
                sealed.add(old);
            }
        }
        compactDue();
        relieveJournal();
        trim();
        enforceRetention();
        sweep();
        return tasks.worked();
    }

    /**
     * Gets the next journal file ready. On a thread of its own: a compaction takes longer than full
     * speed leaves. Never worth coming again at once.
     */
    boolean prepareStep() {
        lookWhetherEnded();
        if (lane.fencedBy() == null && prepareBackoff.isOver()) {
            try {
                lane.journal().prepare();
                prepareBackoff.reset();
                if (failing.remove(PREPARING)) {
                    events.backgroundRecovered(PREPARING);
                }
            } catch (IOException e) {
                // Trying takes room from others for a moment, if there is next to none.
                prepareBackoff.again();
                failing.add(PREPARING);
                events.backgroundFailing(PREPARING, e);
            }
        }
        return false;
    }

    /**
     * Whoever has nothing to write does not notice that others ended his journal, and would go on
     * serving reads of shards that are theirs.
     */
    private void lookWhetherEnded() {
        if (shared == null
                || lane.fencedBy() != null
                || ticker.nanos() - lookedNanos < LOOK_PAUSE_NANOS) {
            return;
        }
        lookedNanos = ticker.nanos();
        var journal = lane.journal();
        attempt(
                "looking whether the journal was ended",
                () -> {
                    if (shared.sealOf(journal.id()).isPresent() && journal.equals(lane.journal())) {
                        var cause = new FencedException(journal.id() + " was ended by another");
                        if (lane.fence(cause)) {
                            events.fenced(cause);
                        }
                    }
                    return true;
                });
    }

    private void compactDue() {
        long oldMs = clock.millis() - limits.compactAfterMs();
        long blocks = 0;
        for (var log : shards.logs()) {
            if (log.holding.isLost()) {
                shards.drop(log);
            }
            blocks += log.journaledBlocks();
            if (log.journaledBytes() >= limits.segmentBytes()
                    || log.oldestJournaledMs().orElse(Long.MAX_VALUE) < oldMs) {
                compact(log);
            }
        }
        if (blocks > limits.journaledBlocksMax()) {
            relieveIndex(blocks);
        }
    }

    /** Where each block is stands on the heap: of many tiny ones the journal holds millions. */
    private void relieveIndex(long blocks) {
        var logs = shards.logs();
        long most = Math.max(1, blocks / Math.max(1, logs.size()));
        for (var log : logs) {
            if (log.journaledBlocks() >= most) {
                compact(log);
            }
        }
    }

    /** Too much journal: the shards that hold back its oldest files give them up. */
    private void relieveJournal() {
        if (journals.storedBytes() <= limits.journalBytesMax()
                && (shared == null || shared.storedEntries() <= entriesKept())) {
            return;
        }
        for (var shard : manifests.unloaded()) {
            load(shard);
        }
        sealed.forEach(this::relieve);
        relieve(lane.journal());
    }

    /**
     * Who takes over after a crash reads the table of each, so few are kept; but giving entries
     * back takes a compaction of each shard that has a block in them.
     */
    private long entriesKept() {
        long forShards = (long) ENTRIES_PER_SHARD * shards.held().size();
        return Math.min(sharing.entriesMax(), Math.max(ENTRIES_KEPT_MIN, forShards));
    }

    private void relieve(JournalReader reader) {
        var end = reader.oldestEnd();
        if (end.isEmpty()) {
            return;
        }
        for (var log : shards.logs()) {
            if (log.needs(reader.id(), end.getAsLong())) {
                compact(log);
            }
        }
    }

    /** Whether another process had to read many journal entries to take the shard over. */
    boolean isToBeCompactedAhead(ShardLog log) {
        return log.journaledBlocks() > HANDED_BLOCKS_MAX;
    }

    /**
     * Compacts a shard that is about to move, as far as that can be done now. On a thread that may
     * wait for the store.
     */
    void compactAhead(ShardLog log) {
        for (int round = 0; round < AHEAD_ROUNDS_MAX && isToBeCompactedAhead(log); round++) {
            if (!tasks.run(log, "compacting", () -> compactor.compact(log, shards.cutoffMs(log)))) {
                // Another does it, or it fails: the next owner reads what is left.
                return;
            }
        }
    }

    /** One stretch of the shard; the next is found due again. */
    private void compact(ShardLog log) {
        tasks.submit(
                log,
                "compacting",
                () -> {
                    boolean worked = compactor.compact(log, shards.cutoffMs(log));
                    // Here too: a shard that is always being compacted has no other time for it.
                    compactor.expire(log, shards.cutoffMs(log));
                    compactor.merge(log);
                    return worked;
                });
    }

    private void trim() {
        sealed.forEach(this::trim);
        // What was given back as a whole.
        sealed.removeIf(reader -> reader.oldestEnd().isEmpty());
        trim(lane.journal());
        if (trimmer != null) {
            trimShared(trimmer);
        }
    }

    private void trimShared(EntryTrimmer entries) {
        if (ticker.nanos() - trimmedNanos < TRIM_PAUSE_NANOS) {
            return;
        }
        trimmedNanos = ticker.nanos();
        attempt(
                "giving journal entries back",
                () -> {
                    entries.trimOwn(lane.journal());
                    return true;
                });
    }

    /** A log that is being dropped has none, though its next owner's may name the entry. */
    private Optional<Manifest> held(ShardKey shard) {
        return shards.loaded(shard)
                .filter(log -> log.holding.by().isPresent())
                .flatMap(ShardLog::manifest);
    }

    private void trim(JournalReader reader) {
        attempt(
                "giving journal files back",
                () -> {
                    long bytes = reader.trim();
                    if (bytes > 0) {
                        events.trimmed(bytes);
                    }
                    return true;
                });
    }

    private void enforceRetention() {
        if (ticker.nanos() - retentionNanos < RETENTION_PAUSE_NANOS) {
            return;
        }
        retentionNanos = ticker.nanos();
        tasks.forgetDeleted();
        for (var log : shards.logs()) {
            if (log.isLoaded()) {
                tasks.run(
                        log,
                        "dropping expired segments of",
                        () -> compactor.expire(log, shards.cutoffMs(log)));
            }
        }
    }

    /** Loads every shard that is on disk, so that retention reaches all, and removes orphans. */
    private void sweep() {
        if (ticker.nanos() - sweptNanos < TimeUnit.MILLISECONDS.toNanos(limits.sweepAfterMs())) {
            return;
        }
        sweptNanos = ticker.nanos();
        attempt(
                "sweeping",
                () -> {
                    objects.list("shards/").stream()
                            .flatMap(name -> shardOf(name).stream())
                            .distinct()
                            .filter(shard -> shared == null || sharing.view().isHere(shard))
                            .forEach(this::load);
                    if (shared != null && trimmer != null) {
                        trimmer.trimSealed(shared.known());
                    }
                    return true;
                });
        for (var log : shards.logs()) {
            tasks.run(
                    log,
                    "sweeping",
                    () -> {
                        compactor.sweepOrphans(log);
                        return true;
                    });
        }
    }

    private void load(ShardKey shard) {
        var log = shards.log(shard);
        if (log.isLoaded() && !log.isManifestUnclear()) {
            return;
        }
        tasks.run(
                log,
                "loading",
                () -> {
                    manifests.load(log);
                    return true;
                });
    }

    /** Empty for what someone else put there. */
    private static Optional<ShardKey> shardOf(String name) {
        var parts = SHARD_OBJECT.matcher(name);
        return parts.matches()
                ? Optional.of(
                        new ShardKey(
                                HexFormat.fromHexDigitsToLong(parts.group(1)),
                                Integer.parseInt(parts.group(2))))
                : Optional.empty();
    }

    private void attempt(String what, ShardTasks.Task task) {
        try {
            task.run();
            if (failing.remove(what)) {
                events.backgroundRecovered(what);
            }
        } catch (IOException | DamagedBlockException e) {
            failing.add(what);
            events.backgroundFailing(what, e);
        }
    }
}
