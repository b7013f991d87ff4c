package io.headrace.store.stream;

/** Where a stream is in its life; the wire's names. */
public enum StreamStatus {
    CREATING,
    ACTIVE,
    UPDATING,
    DELETING
}
