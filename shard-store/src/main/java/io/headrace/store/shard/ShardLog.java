package io.headrace.store.shard;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.journal.Journal;
import io.headrace.store.record.Block;
import io.headrace.store.segment.SegmentSpan;
import io.headrace.store.shard.BlockIndex.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one shard in memory. Its monitor guards the published state, which the syncing
 * thread extends and any thread reads; it is held for moments and never while waiting. The three
 * {@code assigned} fields belong to the writing thread.
 *
 * <p>A shard starts <em>unloaded</em>; its newest manifest is read at first touch. Who may append
 * is a matter of {@link ShardGate}.
 */
final class ShardLog {
    /** Under which epoch, and into which journal, this process may write the shard. */
    record Owner(Journal journal, long epoch) {
        Run run() {
            return new Run(journal, epoch);
        }
    }

    final ShardKey key;
    final ShardGate gate = new ShardGate();
    final CommitListeners listeners = new CommitListeners();
    final Holding holding = new Holding();

    /** Held by who changes the manifest, while the new one is being stored. */
    final Lock manifestLock;

    private final TailCache cache;
    private final BlockIndex index = new BlockIndex();
    private volatile @Nullable Manifest manifest;
    private volatile boolean loaded;
    private volatile boolean manifestUnclear;
    private long firstIndex;
    private long nextIndex;
    private long lastArrivalMs;
    private long keptSinceMs = Long.MIN_VALUE;
    private @Nullable Owner published;
    private long publishedBefore;
    private boolean ended;
    private boolean deleted;

    /** Retention takes no segment as long as its cutoff is not above; of the shard's one task. */
    volatile long segmentsExpireMs = Long.MIN_VALUE;

    long assignedNext;
    long assignedArrivalMs;
    @Nullable Owner assignedOwner;

    ShardLog(ShardKey key, TailCache cache) {
        this(key, cache, new ReentrantLock());
    }

    ShardLog(ShardKey key, TailCache cache, Lock manifestLock) {
        this.key = key;
        this.cache = cache;
        this.manifestLock = manifestLock;
    }

    /** One of which nothing is left. */
    static ShardLog deleted(ShardKey key, TailCache cache) {
        var log = new ShardLog(key, cache);
        log.gate.deleted();
        log.delete();
        return log;
    }

    boolean isLoaded() {
        return loaded;
    }

    /** Whether a change of the manifest failed in a way that it may have happened. */
    boolean isManifestUnclear() {
        return manifestUnclear;
    }

    void manifestUnclear(boolean unclear) {
        manifestUnclear = unclear;
    }

    /** The newest manifest that is known; empty if there is none or the shard is unloaded. */
    Optional<Manifest> manifest() {
        return Optional.ofNullable(manifest);
    }

    /**
     * Takes over what the store holds. Of the blocks found in old journals those count that a range
     * of the manifest names and no segment has.
     */
    synchronized void load(Optional<Manifest> newest, @Nullable RecoveredBlocks recovered) {
        var blocks = recovered == null ? new RecoveredBlocks() : recovered;
        var tail = blocks.tailOf(key, newest);
        newest.ifPresent(this::adopt);
        tail.counted().forEach(this::addRecovered);
        tail.others().forEach(found -> found.run().journal().release(found.position()));
        loaded = true;
    }

    private void addRecovered(RecoveredBlocks.Found found) {
        index.add(
                found.run(),
                found.entry(),
                found.position(),
                found.length(),
                found.firstIndex(),
                found.arrivalMs(),
                null);
        nextIndex = found.firstIndex() + found.count();
        lastArrivalMs = Math.max(lastArrivalMs, found.arrivalMs());
    }

    /** What becomes of a request that finds nothing here any more. */
    RefusedException refusal() {
        return holding.isDropped()
                ? new RefusedException(ErrorCode.NOT_OWNER, this + " is owned elsewhere now")
                : new RefusedException(ErrorCode.RESOURCE_NOT_FOUND, this + " was deleted");
    }

    /** Lets go of everything: the shard is another's, or may be. */
    void drop() {
        holding.dropped();
        delete();
    }

    /** All that was written under this epoch to entries below this one is published. */
    synchronized long publishedBefore(long epoch) {
        var by = published;
        return by != null && by.epoch() == epoch ? publishedBefore : 0;
    }

    /** A newer manifest is committed: blocks that its segments hold leave the journal. */
    synchronized void adopt(Manifest newest) {
        manifest = newest;
        long inSegments = newest.nextInSegments();
        firstIndex = Math.max(firstIndex, newest.firstIndex());
        nextIndex = Math.max(nextIndex, inSegments);
        lastArrivalMs = Math.max(lastArrivalMs, newest.lastArrivalMs());
        ended |= newest.endIndex().isPresent();
        index.compactedTo(inSegments);
    }

    /**
     * A block became durable; from here on readers see it. The syncing thread only.
     *
     * @return false if it must not be acknowledged: perhaps it does not count
     */
    boolean publish(Owner owner, long entry, long position, int length, Block block) {
        synchronized (this) {
            if (deleted) {
                owner.journal().release(position);
                return !holding.isCut();
            }
            index.add(
                    owner.run(),
                    entry,
                    position,
                    length,
                    block.firstIndex(),
                    block.arrivalMs(),
                    block);
            nextIndex = block.nextIndex();
            lastArrivalMs = block.arrivalMs();
            published = owner;
            // The entry may hold another block of this shard.
            publishedBefore = entry;
        }
        cache.added(this, block);
        return true;
    }

    synchronized int evictOldest() {
        return index.evictOldest();
    }

    /** Lets go of everything. */
    synchronized void delete() {
        deleted = true;
        ended = true;
        index.compactedTo(Long.MAX_VALUE);
        long dropped = 0;
        int blocks = 0;
        for (int bytes = index.evictOldest(); bytes > 0; bytes = index.evictOldest()) {
            dropped += bytes;
            blocks++;
        }
        cache.dropped(dropped, blocks);
        manifest = null;
    }

    synchronized ShardBounds bounds() {
        return new ShardBounds(firstIndex, nextIndex, ended, lastArrivalMs);
    }

    synchronized boolean isDeleted() {
        return deleted;
    }

    synchronized long journaledBytes() {
        return index.journaledBytes();
    }

    /** Blocks that are in no segment. */
    synchronized int journaledBlocks() {
        return index.end() - index.journaled();
    }

    /** When the first kept record arrived, or earlier; the far future if none is kept. */
    synchronized long firstKeptArrivalMs() {
        var newest = manifest;
        if (newest != null) {
            var segment = newest.segmentBehind(firstIndex);
            if (segment.isPresent()) {
                return Math.max(keptSinceMs, segment.get().firstArrivalMs());
            }
        }
        int slot = Math.max(index.journaled(), index.slotOf(firstIndex));
        return slot < index.end() ? index.arrivalMs(slot) : Long.MAX_VALUE;
    }

    /** Records below this index arrived before {@code cutoffMs}: they have passed retention. */
    synchronized void expireBelow(long expiredIndex, long cutoffMs) {
        firstIndex = Math.max(firstIndex, Math.min(expiredIndex, nextIndex));
        keptSinceMs = Math.max(keptSinceMs, cutoffMs);
    }

    /**
     * What {@code slices} wants from {@code fromIndex} on, if it begins in memory.
     *
     * @return false if it has to be read from disk
     */
    boolean readCached(long fromIndex, Slices slices, int bytesMax) {
        List<Block> blocks;
        synchronized (this) {
            if (fromIndex >= nextIndex) {
                return true;
            }
            int slot = index.slotOf(fromIndex);
            if (slot < 0 || index.cached(slot) == null) {
                return false;
            }
            blocks = new ArrayList<>();
            long bytes = 0;
            int blocksMax = slices.blocksMax();
            for (; slot < index.end() && bytes <= bytesMax && blocks.size() < blocksMax; slot++) {
                var block = index.cached(slot);
                if (block == null) {
                    throw new IllegalStateException("a hole among the cached blocks of " + key);
                }
                blocks.add(block);
                // What lies before the index in the first block was not asked for.
                bytes += blocks.size() == 1 ? 0 : block.length();
            }
        }
        for (var block : blocks) {
            if (!slices.add(block)) {
                break;
            }
        }
        return true;
    }

    /** Where the records from {@code fromIndex} on are; of the journal, as many as fit. */
    synchronized Source sourceOf(long wantedIndex, long bytesMax) {
        // Retention may have passed it since its reader looked.
        long fromIndex = Math.max(wantedIndex, firstIndex);
        if (fromIndex >= nextIndex) {
            return new Source.AtHand();
        }
        int slot = index.slotOf(fromIndex);
        if (slot < 0) {
            return inSegments(fromIndex);
        }
        if (index.cached(slot) != null) {
            return new Source.AtHand();
        }
        var found = new ArrayList<Source.Location>();
        long bytes = 0;
        while (slot < index.end()
                && index.cached(slot) == null
                && (found.isEmpty() || bytes + index.length(slot) <= bytesMax)) {
            found.add(location(slot));
            bytes += index.length(slot);
            slot++;
        }
        return new Source.InJournal(found);
    }

    /** The oldest blocks that are in no segment, up to {@code bytesMax}, at least one if any. */
    synchronized List<Source.Location> journaled(long bytesMax) {
        var found = new ArrayList<Source.Location>();
        long bytes = 0;
        for (int slot = index.journaled(); slot < index.end(); slot++) {
            bytes += index.length(slot);
            if (bytes > bytesMax && !found.isEmpty()) {
                break;
            }
            found.add(location(slot));
        }
        return found;
    }

    /** When the oldest block that is in no segment arrived, ms since 1970. */
    synchronized OptionalLong oldestJournaledMs() {
        return index.journaled() < index.end()
                ? OptionalLong.of(index.arrivalMs(index.journaled()))
                : OptionalLong.empty();
    }

    /** Whether a block that is in no segment lies in this journal below this position. */
    synchronized boolean needs(String journalId, long belowPosition) {
        int slot = index.journaled();
        return slot < index.end()
                && index.run(slot).journal().id().equals(journalId)
                && index.position(slot) < belowPosition;
    }

    /** The block at this slot's place if it is in memory just as it lies in the journal. */
    synchronized Optional<Block> cachedAsStored(Source.Location location) {
        int slot = index.slotOf(location.firstIndex());
        var block = slot < 0 ? null : index.cached(slot);
        // An encrypted block is longer than the plain one in memory.
        return block != null
                        && block.firstIndex() == location.firstIndex()
                        && block.length() == location.length()
                ? Optional.of(block)
                : Optional.empty();
    }

    /**
     * Ranges that name every block in no segment from {@code fromIndex} on; those of a journal that
     * is still written stay open.
     */
    synchronized List<JournalRange> rangesFrom(long fromIndex, Ranges.Ends ends) {
        var ranges = new Ranges(ends);
        for (int slot = index.journaled(); slot < index.end(); slot++) {
            if (index.firstIndex(slot) >= fromIndex) {
                ranges.add(index.run(slot), index.entry(slot));
            }
        }
        return ranges.toList();
    }

    /**
     * Where the first record that arrived then or later must be sought.
     *
     * @param segment the one that has it, or leads to it, if a segment does
     * @param index from where on to seek it there; else where it is, or the next index if all
     *     arrived earlier
     */
    record Arrival(Optional<SegmentSpan> segment, long index) {}

    /** Looks into segments and journal at one moment: between two a block could change sides. */
    synchronized Arrival arrivalAt(long arrivalMs) {
        var newest = manifest;
        if (newest != null) {
            var segment = newest.segmentArrivedAt(arrivalMs);
            if (segment.isPresent()) {
                return new Arrival(
                        segment, Math.max(newest.firstIndex(), segment.get().firstIndex()));
            }
        }
        int slot = Math.max(index.journaled(), index.slotAt(arrivalMs));
        return new Arrival(
                Optional.empty(), slot < index.end() ? index.firstIndex(slot) : nextIndex);
    }

    private Source.Location location(int slot) {
        return new Source.Location(
                index.run(slot), index.position(slot), index.length(slot), index.firstIndex(slot));
    }

    private Source inSegments(long fromIndex) {
        var newest = manifest;
        if (newest != null) {
            var segment = newest.segmentBehind(fromIndex);
            if (segment.isPresent()) {
                return new Source.InSegment(segment.get(), fromIndex);
            }
        }
        throw new IllegalStateException(
                "record " + fromIndex + " of shard " + key + " is neither stored nor expired");
    }

    @Override
    public String toString() {
        return "shard " + key;
    }
}
