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
    STORE,
    /** Fewer than half of the nodes lose the others; clients and the store reach all of them. */
    CUT,
    /** What a node sends to the others is lost, or what they send to it, but not both. */
    CUT_ONE_WAY,
    /** A node loses the store, and nothing else. */
    CUT_STORE,
    /** A node loses the others, the clients and the store. */
    CUT_ALL,
    /** The store answers late, and its answers trickle. */
    SLOW_STORE,
    /** The store refuses, resets connections halfway, and obeys without an answer. */
    FAILING_STORE,
    /** A node that nobody knew joins, is used by clients, and leaves for good. */
    JOIN,
    /** A node's clock jumps by minutes or hours, and back. */
    CLOCK,
    /** The disk of a node is full for a while. */
    DISK_FULL;

    boolean needsNamespaces() {
        return switch (this) {
            case CUT, CUT_ONE_WAY, CUT_STORE, CUT_ALL -> true;
            case KILL,
                    PAUSE,
                    DRAIN,
                    RESHARD,
                    STORE,
                    SLOW_STORE,
                    FAILING_STORE,
                    JOIN,
                    CLOCK,
                    DISK_FULL ->
                    false;
        };
    }
}
