package io.headrace.store.shard;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.StoreEvents;
import io.headrace.store.Ticker;
import io.headrace.store.journal.Journal;
import io.headrace.store.journal.Journals;
import io.headrace.store.object.StoreFullException;
import io.headrace.store.record.Block;
import io.headrace.store.record.BlockCipher;
import io.headrace.store.record.DamagedBlockException;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The first half of the committer: joins what is pending into one journal entry, with one block for
 * each shard (more if it is large). Writes at once when nothing is being synced; during a sync it
 * writes ahead only what is worth it, else it gathers, so that syncs are few under load. {@link
 * #step} is called by one thread.
 *
 * <p>When the journal fails, it waits until everything written was answered, seals the journal at
 * its last durable entry, begins another and goes on; shards are claimed anew as they are written.
 */
final class CommitWriter {
    /** In the sync, and written ahead of it. */
    private static final int UNSETTLED_MAX = 3;

    /**
     * Readers of one record must check its whole block; and an array below 512 KiB is an ordinary
     * object to a collector with regions of 1 MiB, where a larger one takes regions of its own.
     */
    private static final int BLOCK_BYTES = 448 << 10;

    /**
     * An append of so much is a block of its own, as it lies in memory: joining it would copy it.
     */
    private static final int ALONE_BYTES = 32 << 10;

    /** A block's header, and what a cipher adds to its body. */
    static final int BLOCK_OVERHEAD_BYTES = Block.HEADER_BYTES + 64;

    private static final String RESUMING = "resuming after the journal failed";
    private static final String FULL = "the disk is full; nothing was stored";

    /** Far longer than compacting a file takes: something holds it back. */
    private static final long STALLED_AFTER_NANOS = TimeUnit.SECONDS.toNanos(10);

    static final String STALLED =
            "the journal is at its bound and none of it can be compacted; see the log";

    private final CommitLane lane;
    private final RequestQueue queue;
    private final Journals journals;
    private final Manifests manifests;
    private final BlockCipher cipher;
    private final InstantSource clock;
    private final Ticker ticker;
    private final StoreEvents events;
    private final Tuning tuning;
    private final SealingKeys keys;
    private final Consumer<Request> readmit;
    private final Runnable dropAll;
    private final Backoff backoff;

    private final List<CommitBlock> blocks = new ArrayList<>();
    private final Map<ShardLog, CommitBlock> open = new HashMap<>();
    private final List<Request.End> ends = new ArrayList<>();
    private @Nullable Request heldOver;
    private int gatheredBytes;
    private long lastWrittenNanos;
    private volatile boolean full;
    private volatile boolean stalled;
    private long overBytes;
    private long overSinceNanos;

    /**
     * How much to write when.
     *
     * @param entryBytes bytes gathered into one entry, where single appends are smaller
     * @param writeAheadBytes pending bytes from which a write during a sync is worth it
     * @param markAfterNanos idle time after which the last entries are proved durable
     * @param journalBytesMax journal on disk from which appends wait for compaction
     */
    record Tuning(
            int entryBytes, long writeAheadBytes, long markAfterNanos, long journalBytesMax) {}

    /** What it works with. */
    record Parts(
            CommitLane lane,
            RequestQueue queue,
            Journals journals,
            Manifests manifests,
            BlockCipher cipher,
            InstantSource clock,
            Ticker ticker,
            StoreEvents events) {}

    /**
     * @param readmit takes back a request of a shard that has to be claimed first
     * @param dropAll lets go of all shards that may be another's once our journal was ended
     */
    CommitWriter(
            Parts parts,
            Tuning tuning,
            SealingKeys keys,
            Consumer<Request> readmit,
            Runnable dropAll) {
        this.lane = parts.lane();
        this.queue = parts.queue();
        this.journals = parts.journals();
        this.manifests = parts.manifests();
        this.cipher = parts.cipher();
        this.clock = parts.clock();
        this.ticker = parts.ticker();
        this.events = parts.events();
        this.tuning = tuning;
        this.keys = keys;
        this.readmit = readmit;
        this.dropAll = dropAll;
        this.backoff = new Backoff(parts.ticker());
    }

    /** Writes one group; false if there is nothing to do now. */
    boolean step() {
        if (lane.fencedBy() != null) {
            return resume();
        }
        if (full && !isRoomAgain()) {
            return refuseQueued(ErrorCode.STORE_FULL, FULL);
        }
        if (isJournalOverBound()) {
            return isStalled() && refuseQueued(ErrorCode.THROUGHPUT_EXCEEDED, STALLED);
        }
        if (!mayWrite()) {
            return false;
        }
        gather();
        if (blocks.isEmpty() && ends.isEmpty()) {
            return markIfIdle();
        }
        write();
        clear();
        return true;
    }

    boolean isFull() {
        return full;
    }

    /** Whether appends are refused because no journal file could be given back for long. */
    boolean isJournalStalled() {
        return stalled;
    }

    /** After a bug: everything that waits fails; nobody calls {@link #step} any more. */
    void refuseAll(RefusedException refusal) {
        for (var block : blocks) {
            block.refuse(refusal, queue);
        }
        blocks.clear();
        open.clear();
        gatheredBytes = 0;
        refuseQueued(refusal);
    }

    /** Whether the journal waits for compaction; remembers since when it came no further. */
    private boolean isJournalOverBound() {
        long bytes = journals.storedBytes();
        if (bytes <= tuning.journalBytesMax()) {
            overBytes = 0;
            stalled = false;
            return false;
        }
        if (overBytes == 0 || bytes < overBytes) {
            overBytes = bytes;
            overSinceNanos = ticker.nanos();
        }
        return true;
    }

    private boolean isStalled() {
        stalled = ticker.nanos() - overSinceNanos >= STALLED_AFTER_NANOS;
        return stalled;
    }

    private boolean mayWrite() {
        int unsettled = lane.unsettled();
        return unsettled == 0
                || (unsettled < UNSETTLED_MAX && queue.queuedBytes() >= tuning.writeAheadBytes());
    }

    private void gather() {
        int entryMax = lane.journal().entryBytesMax();
        var request = heldOver == null ? queue.poll() : heldOver;
        heldOver = null;
        for (; request != null; request = queue.poll()) {
            switch (request) {
                case Request.End end -> ends.add(end);
                case Request.Append append -> {
                    int bytes = append.batch().length() + BLOCK_OVERHEAD_BYTES;
                    if (gatheredBytes > 0 && gatheredBytes + bytes > entryMax) {
                        heldOver = append;
                        return;
                    }
                    gather(append);
                    if (gatheredBytes >= tuning.entryBytes()) {
                        return;
                    }
                }
            }
        }
    }

    private void gather(Request.Append append) {
        var log = append.log();
        var owner = log.gate.owner();
        if (owner == null || !owner.journal().equals(lane.journal())) {
            if (owner != null) {
                log.gate.lost(owner);
            }
            readmit.accept(append);
            return;
        }
        if (!owner.equals(log.assignedOwner)) {
            var bounds = log.bounds();
            log.assignedOwner = owner;
            log.assignedNext = bounds.nextIndex();
            log.assignedArrivalMs = bounds.lastArrivalMs();
        }
        var block = open.get(log);
        int bytes = append.batch().length();
        if (block == null
                || bytes >= ALONE_BYTES
                || (block.bodyBytes() >= ALONE_BYTES && block.appends().size() == 1)
                || block.bodyBytes() + bytes > BLOCK_BYTES) {
            if (!keys.isReady(append, owner)) {
                return;
            }
            block = new CommitBlock(log, owner);
            open.put(log, block);
            blocks.add(block);
            gatheredBytes += BLOCK_OVERHEAD_BYTES;
        }
        block.add(append);
        gatheredBytes += bytes;
    }

    private void write() {
        var journal = lane.journal();
        long entry = journal.nextEntry();
        try {
            build();
            if (!blocks.isEmpty()) {
                append(journal);
            }
        } catch (StoreFullException e) {
            blocks.reversed().forEach(CommitBlock::unassign);
            refuse(ErrorCode.STORE_FULL, FULL, e);
            reportFull(e);
            blocks.clear();
        } catch (IOException e) {
            fence(e);
            refuse(
                    ErrorCode.INTERNAL_FAILURE,
                    "the outcome of the write is unknown: the journal failed",
                    e);
            blocks.clear();
        }
        if (!blocks.isEmpty() || !ends.isEmpty()) {
            lane.written(new CommitGroup(entry, journal.nextEntry(), blocks, ends));
        }
        lastWrittenNanos = ticker.nanos();
    }

    /** Builds the blocks; those that cannot be encrypted are refused and leave the group. */
    private void build() {
        long now = clock.millis();
        var refused = new ArrayList<CommitBlock>();
        for (var block : blocks) {
            var plain = block.build(Math.max(now, block.log.assignedArrivalMs));
            try {
                block.stored(cipher.encrypt(plain));
            } catch (RefusedException | DamagedBlockException e) {
                block.unassign();
                block.refuse(LocalShards.refusalOf(e), queue);
                refused.add(block);
            }
        }
        blocks.removeAll(refused);
    }

    private void append(Journal journal) throws IOException {
        long position = journal.append(blocks.stream().map(CommitBlock::stored).toList());
        for (var block : blocks) {
            block.at(position);
            position += block.stored().length();
        }
    }

    private boolean isRoomAgain() {
        if (!backoff.isOver()) {
            return false;
        }
        try {
            lane.journal().prepare();
        } catch (StoreFullException e) {
            reportFull(e);
            return false;
        } catch (IOException e) {
            fence(e);
            return false;
        }
        full = false;
        backoff.reset();
        events.roomAgain();
        return true;
    }

    private void fence(Exception cause) {
        if (lane.fence(cause)) {
            events.fenced(cause);
        }
    }

    private boolean markIfIdle() {
        if (lane.unsettled() > 0 || ticker.nanos() - lastWrittenNanos < tuning.markAfterNanos()) {
            return false;
        }
        var journal = lane.journal();
        try {
            if (!journal.mark()) {
                return false;
            }
        } catch (StoreFullException e) {
            // The mark only proves what is durable anyway; the next append will find out.
            return false;
        } catch (IOException e) {
            fence(e);
            return true;
        }
        lane.written(new CommitGroup(-1, journal.nextEntry(), List.of(), List.of()));
        return true;
    }

    /** Goes on in another journal once all of the old one is answered. */
    private boolean resume() {
        dropAll.run();
        if (lane.unsettled() > 0) {
            return false;
        }
        var old = lane.journal();
        if (backoff.isOver()) {
            try {
                manifests.sealed(old.id(), old.seal());
                var next = journals.begin();
                lane.resume(next);
                backoff.reset();
                full = false;
                events.resumed(next.id());
                events.backgroundRecovered(RESUMING);
                return true;
            } catch (StoreFullException e) {
                reportFull(e);
            } catch (IOException e) {
                events.backgroundFailing(RESUMING, e);
                backoff.again();
            }
        }
        return refuseQueued(
                full ? ErrorCode.STORE_FULL : ErrorCode.INTERNAL_FAILURE,
                full ? FULL : "the journal failed and cannot go on yet");
    }

    private void reportFull(StoreFullException e) {
        if (!full) {
            events.full(e);
        }
        full = true;
        backoff.again();
    }

    private boolean refuseQueued(ErrorCode code, String why) {
        return refuseQueued(new RefusedException(code, why));
    }

    private boolean refuseQueued(RefusedException refusal) {
        boolean any = false;
        var request = heldOver == null ? queue.poll() : heldOver;
        heldOver = null;
        for (; request != null; request = queue.poll()) {
            any = true;
            switch (request) {
                case Request.End end -> ends.add(end);
                case Request.Append append -> append.refuse(refusal, queue);
            }
        }
        if (!ends.isEmpty()) {
            // Behind what may still be under way of their shards.
            lane.written(new CommitGroup(-1, lane.journal().nextEntry(), List.of(), ends));
            ends.clear();
        }
        return any;
    }

    private void refuse(ErrorCode code, String why, Exception cause) {
        var refusal = new RefusedException(code, why, cause);
        for (var block : blocks) {
            block.refuse(refusal, queue);
        }
    }

    private void clear() {
        blocks.clear();
        open.clear();
        ends.clear();
        gatheredBytes = 0;
    }
}
