package io.headrace.benchmarks.cluster;

/** At which node a record is put. */
enum Way {
    /** Over all nodes alike, records to all shards in each request, as clients do. */
    ANY("any"),

    /** Each request is for one shard, at its owner: nothing is forwarded. */
    OWNER("the owner"),

    /** Each request is for one shard, at a node that does not own it: everything is forwarded. */
    OTHER("another"),

    /** As {@link #ANY}, but all at the first node. */
    ONE("one node");

    final String shown;

    Way(String shown) {
        this.shown = shown;
    }
}
