package io.headrace.client.tail;

import software.amazon.awssdk.services.kinesis.model.Shard;

/** Reads one shard from a place to its end. */
interface ShardReader {
    /**
     * Blocks until the shard has ended or the tail is stopped.
     *
     * @return true if the shard was read to its end, false if the tail stopped first
     */
    boolean read(Shard shard, From from, Sink sink) throws InterruptedException;
}
