package io.headrace.acceptance.crash;

/** What befalls a cluster under load. */
enum Nemesis {
    /** A node dies, and comes back after a while. */
    KILL,
    /** A node stands still for less or more than a heartbeat's timeout, and goes on. */
    PAUSE,
    /** A node leaves in good order, and comes back. */
    DRAIN,
    /** A shard is split, or two that lie side by side are merged. */
    RESHARD,
    /** The object store dies and comes back with all it had. */
    STORE
}
