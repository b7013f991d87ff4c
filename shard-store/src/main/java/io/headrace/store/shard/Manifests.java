package io.headrace.store.shard;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.StoreEvents;
import io.headrace.store.journal.Journal;
import io.headrace.store.journal.JournalReader;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.StoreFullException;
import io.headrace.store.object.VersionedObject;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.segment.SegmentSpan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Loads shards and changes their manifests, one change of a shard at a time. Every method but
 * {@link #sealed} blocks and is called on background threads.
 */
final class Manifests {
    private static final int ATTEMPTS_MAX = 3;

    private final ObjectStore objects;
    private final Map<ShardKey, RecoveredBlocks> recovered;
    private final StoreEvents events;
    private final Supplier<Lock> locks;
    private final Map<String, Long> sealedEntries = new ConcurrentHashMap<>();

    /** A change: the next version, made of the newest; null if there is nothing to change. */
    @FunctionalInterface
    interface Change {
        @Nullable Manifest of(Manifest newest);
    }

    Manifests(
            ObjectStore objects,
            Map<ShardKey, RecoveredBlocks> recovered,
            StoreEvents events,
            Supplier<Lock> locks) {
        this.locks = locks;
        this.objects = objects;
        this.recovered = recovered;
        this.events = events;
    }

    /** Remembers where a journal ends. */
    void sealed(String journalId, long entries) {
        sealedEntries.put(journalId, entries);
    }

    /** Reads the shard's newest manifest unless it is known. */
    void load(ShardLog log) throws IOException {
        if (log.isLoaded() && !log.isManifestUnclear()) {
            return;
        }
        var lock = log.manifestLock(locks);
        lock.lock();
        try {
            if (!log.isLoaded()) {
                log.load(newest(log), recovered.get(log.key));
                recovered.remove(log.key);
            }
            if (log.isManifestUnclear()) {
                newest(log).ifPresent(log::adopt);
                log.manifestUnclear(false);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Shards that old journals have blocks of and that were not loaded yet. */
    List<ShardKey> unloaded() {
        return recovered.keySet().stream().sorted().toList();
    }

    /** Makes this process the shard's owner under the next epoch. */
    ShardLog.Owner claim(ShardLog log, Journal journal) throws IOException {
        load(log);
        var claimed =
                change(
                        log,
                        newest -> {
                            long epoch = newest.epoch() + 1;
                            var ranges = new ArrayList<>(log.rangesFrom(0, this::endOf));
                            ranges.add(
                                    new JournalRange(
                                            journal.id(),
                                            journal.nextEntry(),
                                            OptionalLong.empty(),
                                            epoch));
                            return new Manifest(
                                    log.key,
                                    newest.version() + 1,
                                    epoch,
                                    newest.firstIndex(),
                                    newest.endIndex(),
                                    newest.lastArrivalMs(),
                                    newest.segments(),
                                    ranges,
                                    newest.checkpoints());
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
                                : new Manifest(
                                        log.key,
                                        newest.version() + 1,
                                        newest.epoch(),
                                        newest.firstIndex(),
                                        OptionalLong.of(log.bounds().nextIndex()),
                                        newest.lastArrivalMs(),
                                        newest.segments(),
                                        newest.ranges(),
                                        newest.checkpoints()));
    }

    /**
     * Replaces segments, or adds the next, or drops the first ones.
     *
     * @param known the segments that those in place of them were made from
     * @return false if the newest manifest has others by now: what was made of {@code known} would
     *     drop what those hold, so nothing was changed
     */
    boolean replaceSegments(
            ShardLog log, List<SegmentSpan> known, List<SegmentSpan> segments, long firstIndex)
            throws IOException {
        var changed =
                change(
                        log,
                        newest ->
                                newest.segments().equals(known)
                                        ? withSegments(log, newest, segments, firstIndex)
                                        : null);
        return changed.segments().equals(segments);
    }

    /** Forgets a deleted shard and removes all its objects. May be cut short and done again. */
    void remove(ShardLog log) throws IOException {
        boolean readable = true;
        try {
            load(log);
        } catch (DamagedBlockException e) {
            // What is damaged can be deleted all the same.
            events.backgroundFailed("loading " + log + " before its deletion", e);
            readable = false;
        }
        var lock = log.manifestLock(locks);
        lock.lock();
        try {
            if (readable && log.manifest().isPresent()) {
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
            lock.unlock();
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
        var ranges = new ArrayList<>(log.rangesFrom(inSegments, this::endOf));
        for (var range : open) {
            if (ranges.stream().noneMatch(kept -> kept.epoch() == range.epoch())) {
                ranges.add(range);
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
        var lock = log.manifestLock(locks);
        lock.lock();
        try {
            if (log.isDeleted()) {
                throw new RefusedException(ErrorCode.RESOURCE_NOT_FOUND, log + " was deleted");
            }
            load(log);
            var newest = log.manifest().orElseGet(() -> none(log.key));
            for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
                var next = change.of(newest);
                if (next == null) {
                    return newest;
                }
                boolean created;
                try {
                    created = next.create(objects);
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
                newest = newest(log).orElseThrow(() -> new IOException(log + " lost its manifest"));
                log.adopt(newest);
            }
            throw new IOException("someone else keeps changing the manifest of " + log);
        } finally {
            lock.unlock();
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
        return Manifest.newest(objects, log.key);
    }

    private OptionalLong endOf(JournalReader journal) {
        var entries = sealedEntries.get(journal.id());
        return entries == null ? OptionalLong.empty() : OptionalLong.of(entries);
    }

    private static Manifest none(ShardKey shard) {
        return new Manifest(
                shard, 0, 0, 0, OptionalLong.empty(), 0, List.of(), List.of(), Map.of());
    }
}
