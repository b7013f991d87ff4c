package io.headrace.store.stream;

/** Who decides on the number of shards: the user, or the load. */
public enum StreamMode {
    PROVISIONED,
    ON_DEMAND
}
