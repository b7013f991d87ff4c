package io.headrace.store.consumer;

/** Where to read on in a shard. */
public sealed interface StartPosition {
    /** At the oldest record kept. */
    record TrimHorizon() implements StartPosition {}

    /** Behind the newest record. */
    record Latest() implements StartPosition {}

    /** At the first record that arrived then or later (ms since 1970). */
    record AtTime(long arrivalMs) implements StartPosition {}
}
