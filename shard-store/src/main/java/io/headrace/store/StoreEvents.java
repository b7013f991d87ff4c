package io.headrace.store;

/**
 * Hears what the store does, for metrics and logs. Called on the store's own threads, often on the
 * committing ones: implementations only count.
 */
public interface StoreEvents {
    StoreEvents NONE = new StoreEvents() {};

    /** A commit became durable. */
    default void committed(int blocks, int records, long bytes, long syncNanos) {}

    /** The journal failed; nothing is accepted until {@link #resumed}. */
    default void fenced(Exception cause) {}

    /** Appends are accepted again, into another journal. */
    default void resumed(String journalId) {}

    /** There is no room for appends; they are refused until {@link #roomAgain}. */
    default void full(Exception cause) {}

    default void roomAgain() {}

    /** Blocks of a shard became a segment. */
    default void compacted(ShardKey shard, long rawBytes, long storedBytes, long nanos) {}

    /** Segments passed retention and were dropped. */
    default void expired(ShardKey shard, int segments, long storedBytes) {}

    /** Journal room was given back. */
    default void trimmed(long bytes) {}

    /** A step in the background failed. */
    default void backgroundFailed(String what, Exception cause) {}

    /** A step failed, maybe not for the first time, and is tried again until it is done. */
    default void backgroundFailing(String what, Exception cause) {
        backgroundFailed(what, cause);
    }

    /** A step that was failing is done. */
    default void backgroundRecovered(String what) {}
}
