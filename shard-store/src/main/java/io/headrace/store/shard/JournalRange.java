package io.headrace.store.shard;

import java.util.OptionalLong;

/**
 * Where blocks of a shard lie that are in no segment yet: the entries {@code [from, to)} of a
 * journal, written under {@code epoch}; without {@code to} the journal's owner may still append.
 */
public record JournalRange(String journalId, long from, OptionalLong to, long epoch) {
    public JournalRange {
        if (journalId.isEmpty() || from < 0 || epoch < 0 || to.orElse(from) < from) {
            throw new IllegalArgumentException(
                    "range [%d, %s) of journal '%s', epoch %d"
                            .formatted(from, to, journalId, epoch));
        }
    }

    JournalRange endingAt(long end) {
        return new JournalRange(journalId, from, OptionalLong.of(end), epoch);
    }

    JournalRange beginningAt(long first) {
        return new JournalRange(journalId, first, to, epoch);
    }

    /** Whether a block that this epoch's owner wrote to this entry is named. */
    boolean names(String journal, long entry, long writtenUnder) {
        return journalId.equals(journal)
                && epoch == writtenUnder
                && from <= entry
                && entry < to.orElse(Long.MAX_VALUE);
    }
}
