package io.headrace.store.shard;

/** What became of an append that was not refused. */
public sealed interface AppendResult {
    /**
     * Durable: the batch's records have indexes {@code firstIndex ..} and this arrival time (ms
     * since 1970).
     */
    record Committed(long firstIndex, long arrivalMs) implements AppendResult {}

    /** The shard has ended (split or merged); nothing was stored: route the records again. */
    record Closed() implements AppendResult {}
}
