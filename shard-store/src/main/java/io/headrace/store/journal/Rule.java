package io.headrace.store.journal;

/** The rules of the journal and manifest protocol on a store that only creates if absent. */
public enum Rule {
    /** 1: acknowledge only over the contiguous settled prefix of the journal. */
    ACKNOWLEDGE_IN_ORDER(1),
    /** 2: never skip an index; an unclear write is sent again with the same bytes. */
    NEVER_SKIP(2),
    /** 3: whatever exists already is read and its nonce compared. */
    COMPARE_NONCE(3),
    /** 4: the seal is the first index where the tombstone wins, and comes before reading. */
    SEAL_AT_FIRST_MISSING(4),
    /** 5: readers read only below the seal. */
    READ_BELOW_SEAL(5),
    /** 6: the floor is marked before the first entry below it goes. */
    FLOOR_FIRST(6),
    /** 7: a tombstone counts only if a floor read after it is not above it. */
    FLOOR_AGAIN(7),
    /** 8: the newest manifest is listed, read, and listed again. */
    LIST_AGAIN(8),
    /** 9: a tombstone is never deleted. */
    KEEP_TOMBSTONES(9),
    /** 10: who created a manifest looks whether a higher one was there. */
    CHECK_AFTER_CREATE(10),
    /** 11: an entry goes only when no manifest of any shard in it names it. */
    TRIM_BY_EVERY_SHARD(11),
    /** 12: a segment that nobody names goes only when its target version was reached. */
    SWEEP_BY_TARGET(12),
    /** 13: the manifest holds a list of ranges. */
    LIST_OF_RANGES(13),
    /** 14: journal ids are never used again. */
    NEW_JOURNAL_ID(14),
    /** 15: one's own previous journal is sealed too. */
    SEAL_OWN(15),
    /** 16: a shard stops when its release is submitted, and its range is closed after the drain. */
    STOP_AT_RELEASE(16);

    private final int number;

    Rule(int number) {
        this.number = number;
    }

    /** Its number in the protocol. */
    public int number() {
        return number;
    }
}
