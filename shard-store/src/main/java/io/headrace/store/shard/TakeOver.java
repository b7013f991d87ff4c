package io.headrace.store.shard;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.journal.EntryGoneException;
import io.headrace.store.journal.Journal;
import io.headrace.store.journal.Rule;
import io.headrace.store.journal.SharedJournals;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.shard.ShardLog.Owner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Makes this process the owner of a shard on a store that others share: the journal its last owner
 * may still write is ended, or he released the shard; then its tail is read, then the next version
 * of the manifest is created, and only then is the shard open here. Whoever loses the race for that
 * version begins again with what the winner wrote. Blocks; the caller holds the shard's manifest
 * lock.
 */
final class TakeOver {
    private static final int ATTEMPTS_MAX = 8;

    private final ObjectStore objects;
    private final SharedJournals journals;
    private final DeadTails tails;
    private final CommitLane lane;
    private final Sharing sharing;

    TakeOver(
            ObjectStore objects,
            SharedJournals journals,
            DeadTails tails,
            CommitLane lane,
            Sharing sharing) {
        this.objects = objects;
        this.journals = journals;
        this.tails = tails;
        this.lane = lane;
        this.sharing = sharing;
    }

    Sharing sharing() {
        return sharing;
    }

    /**
     * Loads the log as its owner, or, of a shard that has ended, without: nobody writes it.
     *
     * @throws RefusedException NOT_OWNER if nothing can be taken over now
     */
    void run(ShardLog log) throws IOException {
        for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
            var journal = liveJournal();
            var newest =
                    Manifest.newest(objects, log.key, sharing.looks())
                            .orElseGet(() -> Manifest.none(log.key));
            var closed = closed(log.key, newest, journal);
            if (closed.isPresent() && open(log, newest, closed.get(), journal)) {
                return;
            }
        }
        throw new RefusedException(
                ErrorCode.NOT_OWNER, "others keep changing the manifest of " + log);
    }

    private Journal liveJournal() {
        var journal = lane.journal();
        if (lane.fencedBy() != null) {
            throw new RefusedException(
                    ErrorCode.NOT_OWNER, "this node has no journal to write to just now");
        }
        return journal;
    }

    /**
     * The manifest's ranges, each with its end.
     *
     * @return empty if the manifest changed meanwhile
     */
    private Optional<List<JournalRange>> closed(ShardKey shard, Manifest newest, Journal journal)
            throws IOException {
        var ranges = new ArrayList<JournalRange>();
        for (var range : newest.ranges()) {
            if (range.to().isPresent()) {
                ranges.add(range);
                continue;
            }
            if (range.journalId().equals(journal.id())) {
                // This process let go of it in a hurry: nothing was acknowledged since.
                ranges.add(range.endingAt(Math.max(range.from(), journal.durableBefore())));
                continue;
            }
            if (journals.sealOf(range.journalId()).isEmpty()) {
                sharing.view().release(range.journalId(), shard);
                // Sealing stops every shard of that journal: not for one that is free by now.
                if (!isStillNewest(newest)) {
                    return Optional.empty();
                }
            }
            ranges.add(range.endingAt(Math.max(range.from(), tails.seal(range.journalId()))));
        }
        return Optional.of(ranges);
    }

    private boolean isStillNewest(Manifest manifest) throws IOException {
        return Manifest.newest(objects, manifest.shard(), sharing.looks())
                .orElseGet(() -> Manifest.none(manifest.shard()))
                .equals(manifest);
    }

    private boolean open(ShardLog log, Manifest newest, List<JournalRange> closed, Journal journal)
            throws IOException {
        RecoveredBlocks tail;
        try {
            tail = tails.read(log.key, closed);
        } catch (EntryGoneException e) {
            if (isStillNewest(newest)) {
                throw new DamagedBlockException(
                        "%s, which the newest manifest of %s names".formatted(e.getMessage(), log),
                        e);
            }
            return false;
        }
        if (newest.endIndex().isPresent()) {
            // No version that we create proves that what was read of the tail is all of it: of an
            // older manifest blocks may have been given back before we came to them.
            if (!isStillNewest(newest)) {
                return false;
            }
            log.load(Optional.of(newest.withRanges(newest.version(), closed)), tail);
            return true;
        }
        long epoch = newest.epoch() + 1;
        var ranges = needed(closed, tail, newest.nextInSegments());
        if (!sharing.rules().hold(Rule.LIST_OF_RANGES) && ranges.size() > 1) {
            ranges.subList(0, ranges.size() - 1).clear();
        }
        ranges.add(
                new JournalRange(journal.id(), journal.nextEntry(), OptionalLong.empty(), epoch));
        var next = newest.claimed(epoch, ranges);
        if (!next.create(objects, sharing.looks())) {
            return false;
        }
        log.load(Optional.of(next), tail);
        log.holding.taken(new Owner(journal, epoch));
        if (!journal.equals(lane.journal()) || lane.fencedBy() != null) {
            // Who let go of all shards may have missed this one.
            throw log.holding.lostTo(next);
        }
        return true;
    }

    /** Those with a block that is in no segment, from the first of them on. */
    private static List<JournalRange> needed(
            List<JournalRange> closed, RecoveredBlocks tail, long inSegments) {
        var needed = new ArrayList<JournalRange>();
        var found = tail.inOrder();
        for (var range : closed) {
            found.stream()
                    .filter(block -> block.isIn(range) && block.firstIndex() >= inSegments)
                    .mapToLong(RecoveredBlocks.Found::entry)
                    .min()
                    .ifPresent(first -> needed.add(range.beginningAt(first)));
        }
        return needed;
    }
}
