package io.headrace.store.shard;

import io.headrace.store.ShardKey;
import io.headrace.store.StoreEvents;
import io.headrace.store.journal.Journal;
import io.headrace.store.journal.Rule;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.StoreFullException;
import io.headrace.store.object.VersionedObject;
import io.headrace.store.object.VersionedObject.Looks;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.segment.SegmentSpan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Loads shards and changes their manifests, one change of a shard at a time. Every method but
 * {@link #sealed} blocks and is called on background threads.
 */
final class Manifests {
    private static final int ATTEMPTS_MAX = 3;

    /** Whatever version it will be. */
    static final long ANY = -1;

    private final ObjectStore objects;
    private final Map<ShardKey, RecoveredBlocks> recovered;
    private final StoreEvents events;
    private final @Nullable TakeOver takeOver;
    private final Looks looks;
    private final Map<String, Long> sealedEntries = new ConcurrentHashMap<>();

    /** A change: the next version, made of the newest; null if there is nothing to change. */
    @FunctionalInterface
    interface Change {
        @Nullable Manifest of(Manifest newest);
    }

    /** Of a store that is ours alone. */
    Manifests(ObjectStore objects, Map<ShardKey, RecoveredBlocks> recovered, StoreEvents events) {
        this(objects, recovered, events, null);
    }

    /**
     * @param recovered what old journals of this process hold
     * @param takeOver how shards become ours on a shared store; null if the store is ours alone
     */
    Manifests(
            ObjectStore objects,
            Map<ShardKey, RecoveredBlocks> recovered,
            StoreEvents events,
            @Nullable TakeOver takeOver) {
        this.objects = objects;
        this.recovered = recovered;
        this.events = events;
        this.takeOver = takeOver;
        this.looks = takeOver == null ? Looks.ALL : takeOver.sharing().looks();
    }

    /** Remembers where a journal ends. */
    void sealed(String journalId, long entries) {
        sealedEntries.put(journalId, entries);
    }

    /**
     * Reads the shard's newest manifest unless it is known; on a shared store that takes the shard
     * over, since its tail is known to its owner alone.
     */
    void load(ShardLog log) throws IOException {
        if (log.isLoaded() && !log.isManifestUnclear()) {
            return;
        }
        log.manifestLock.lock();
        try {
            // To take over what was deleted would bring it back.
            if (log.holding.isDropped() || (takeOver != null && log.isDeleted())) {
                throw log.refusal();
            }
            if (!log.isLoaded()) {
                if (takeOver == null) {
                    log.load(newest(log), recovered.get(log.key));
                    recovered.remove(log.key);
                } else {
                    takeOver.run(log);
                    collect(log);
                }
            }
            if (log.isManifestUnclear()) {
                settle(log);
            }
        } finally {
            log.manifestLock.unlock();
        }
    }

    /** Finds out whether a change happened of which nobody knew. */
    private void settle(ShardLog log) throws IOException {
        var newest = newest(log);
        var known = log.manifest();
        if (takeOver != null
                && newest.isPresent()
                && known.isPresent()
                && (newest.get().version() > known.get().version() + 1
                        || newest.get().epoch() != known.get().epoch())) {
            throw log.holding.lostTo(newest.get());
        }
        newest.ifPresent(log::adopt);
        log.manifestUnclear(false);
    }

    /** Whether another changed the manifest since it was read here. */
    boolean isOutdated(ShardLog log) throws IOException {
        // Not while this process changes it.
        log.manifestLock.lock();
        try {
            var newest = VersionedObject.newestNumber(objects, Manifest.prefix(log.key));
            var known = log.manifest();
            return known.isPresent()
                    && newest.isPresent()
                    && newest.getAsLong() > known.get().version()
                    && !log.isManifestUnclear();
        } finally {
            log.manifestLock.unlock();
        }
    }

    /** Shards that old journals have blocks of and that were not loaded yet. */
    List<ShardKey> unloaded() {
        return recovered.keySet().stream().sorted().toList();
    }

    /** Makes this process the shard's owner under the next epoch. */
    ShardLog.Owner claim(ShardLog log, Journal journal) throws IOException {
        load(log);
        if (takeOver != null) {
            return log.holding.require(log);
        }
        var claimed =
                change(
                        log,
                        newest -> {
                            var ranges = new ArrayList<>(log.rangesFrom(0, endsOf(newest)));
                            long epoch = newest.epoch() + 1;
                            ranges.add(
                                    new JournalRange(
                                            journal.id(),
                                            journal.nextEntry(),
                                            OptionalLong.empty(),
                                            epoch));
                            return newest.claimed(epoch, ranges);
                        });
        return new ShardLog.Owner(journal, claimed.epoch());
    }

    /** Ends the shard behind its last durable record; called when nothing of it is under way. */
    void end(ShardLog log) throws IOException {
        load(log);
        change(
                log,
                newest ->
                        newest.endIndex().isPresent()
                                ? null
                                : newest.ended(
                                        log.bounds().nextIndex(), closedRanges(log, newest)));
    }

    /**
     * Lets go of the shard, for another process to take over without ending our journal; called
     * when nothing of it is under way, or comes.
     */
    void release(ShardLog log) throws IOException {
        load(log);
        change(
                log,
                newest ->
                        newest.ranges().stream().allMatch(range -> range.to().isPresent())
                                ? null
                                : newest.withRanges(
                                        newest.version() + 1, closedRanges(log, newest)));
    }

    /** On a shared store, what we write to our journal from now on is not of this shard. */
    private List<JournalRange> closedRanges(ShardLog log, Manifest newest) {
        var owner = log.holding.by();
        if (owner.isEmpty()) {
            return newest.ranges();
        }
        long end = owner.get().journal().durableBefore();
        return log.rangesFrom(0, endsOf(newest)).stream()
                .map(range ->
                        range.to().isEmpty() ? range.endingAt(Math.max(range.from(), end)) : range)
                .toList();
    }

    /**
     * Replaces segments, or adds the next, or drops the first ones.
     *
     * @param known the segments that those in place of them were made from
     * @param target the version that new names say would name them, or {@link #ANY}: whoever sweeps
     *     orphans relies on it
     * @return false if the newest manifest has others by now: what was made of {@code known} would
     *     drop what those hold, so nothing was changed
     */
    boolean replaceSegments(
            ShardLog log,
            List<SegmentSpan> known,
            List<SegmentSpan> segments,
            long firstIndex,
            long target)
            throws IOException {
        var changed =
                change(
                        log,
                        newest ->
                                newest.segments().equals(known)
                                                && (target == ANY || newest.version() + 1 == target)
                                        ? withSegments(log, newest, segments, firstIndex)
                                        : null);
        return changed.segments().equals(segments);
    }

    /** The highest version that a name which this manifest does not have may be meant for. */
    long sweptUpTo(Manifest manifest) {
        return takeOver == null || takeOver.sharing().rules().hold(Rule.SWEEP_BY_TARGET)
                ? manifest.version()
                : Long.MAX_VALUE;
    }

    /** Forgets a deleted shard and removes all its objects. May be cut short and done again. */
    void remove(ShardLog log) throws IOException {
        boolean readable = !log.isDeleted();
        try {
            if (readable) {
                load(log);
            }
        } catch (DamagedBlockException e) {
            // What is damaged can be deleted all the same.
            events.backgroundFailed("loading " + log + " before its deletion", e);
            readable = false;
        }
        log.manifestLock.lock();
        try {
            if (readable && !log.isDeleted() && log.manifest().isPresent()) {
                change(log, newest -> emptied(log, newest));
            }
            log.delete();
            var unread = recovered.remove(log.key);
            if (unread != null) {
                unread.inOrder().forEach(found -> found.run().journal().release(found.position()));
            }
            var manifests = Manifest.prefix(log.key);
            var names = objects.list(log.key.prefix());
            for (var name : names) {
                if (!name.startsWith(manifests)) {
                    objects.delete(name);
                }
            }
            // The newest, which says that nothing is kept, goes last.
            for (var name : names.reversed()) {
                if (name.startsWith(manifests)) {
                    objects.delete(name);
                }
            }
        } finally {
            log.manifestLock.unlock();
        }
    }

    private static Manifest emptied(ShardLog log, Manifest newest) {
        long end = newest.endIndex().orElse(log.bounds().nextIndex());
        return new Manifest(
                log.key,
                newest.version() + 1,
                newest.epoch() + 1,
                end,
                OptionalLong.of(end),
                newest.lastArrivalMs(),
                List.of(),
                List.of(),
                Map.of());
    }

    private Manifest withSegments(
            ShardLog log, Manifest newest, List<SegmentSpan> segments, long firstIndex) {
        long inSegments = segments.isEmpty() ? firstIndex : segments.getLast().nextIndex();
        // Who owns the shard goes on appending, also if all of it is in segments now. Looked at
        // before the blocks: of a journal that is sealed by now all are published.
        var open =
                newest.ranges().stream()
                        .filter(range ->
                                range.to().isEmpty()
                                        && range.epoch() == newest.epoch()
                                        && !sealedEntries.containsKey(range.journalId()))
                        .toList();
        // Before the blocks too: what is published in between is in no range of them.
        long published = log.publishedBefore(newest.epoch());
        var ranges = new ArrayList<>(log.rangesFrom(inSegments, endsOf(newest)));
        for (var range : open) {
            if (ranges.stream().noneMatch(kept -> kept.epoch() == range.epoch())) {
                // Nothing that was published is named any more; what comes lies behind it.
                ranges.add(range.beginningAt(Math.max(range.from(), published)));
            }
        }
        return new Manifest(
                log.key,
                newest.version() + 1,
                newest.epoch(),
                firstIndex,
                newest.endIndex(),
                segments.isEmpty()
                        ? log.bounds().lastArrivalMs()
                        : Math.max(newest.lastArrivalMs(), segments.getLast().lastArrivalMs()),
                segments,
                ranges,
                newest.checkpoints());
    }

    private Manifest change(ShardLog log, Change change) throws IOException {
        log.manifestLock.lock();
        try {
            if (log.isDeleted()) {
                throw log.refusal();
            }
            load(log);
            var newest = log.manifest().orElseGet(() -> Manifest.none(log.key));
            for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
                var next = change.of(newest);
                if (next == null) {
                    return newest;
                }
                boolean created;
                try {
                    created = next.create(objects, looks);
                } catch (StoreFullException e) {
                    throw e;
                } catch (IOException e) {
                    // It may have been created all the same: nothing may build on what we know.
                    log.manifestUnclear(true);
                    throw e;
                }
                if (created) {
                    log.adopt(next);
                    collect(log);
                    return next;
                }
                var winner = newest(log);
                if (takeOver != null) {
                    throw log.holding.lostTo(winner.orElse(next));
                }
                newest = winner.orElseThrow(() -> new IOException(log + " lost its manifest"));
                log.adopt(newest);
            }
            throw new IOException("someone else keeps changing the manifest of " + log);
        } finally {
            log.manifestLock.unlock();
        }
    }

    /** Older versions only take room; the next change tries again. */
    private void collect(ShardLog log) {
        try {
            VersionedObject.collect(objects, Manifest.prefix(log.key));
        } catch (IOException e) {
            events.backgroundFailed("removing old manifests of " + log, e);
        }
    }

    private Optional<Manifest> newest(ShardLog log) throws IOException {
        return Manifest.newest(objects, log.key, looks);
    }

    /** Ends that the manifest tells, and those of journals that were sealed here. */
    private Ranges.Ends endsOf(Manifest newest) {
        return run -> {
            for (var range : newest.ranges()) {
                if (range.to().isPresent()
                        && range.epoch() == run.epoch()
                        && range.journalId().equals(run.journal().id())) {
                    return range.to();
                }
            }
            var entries = sealedEntries.get(run.journal().id());
            return entries == null ? OptionalLong.empty() : OptionalLong.of(entries);
        };
    }
}
