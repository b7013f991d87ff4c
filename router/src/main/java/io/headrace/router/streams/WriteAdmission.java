package io.headrace.router.streams;

import io.headrace.store.HashKey;
import io.headrace.store.stream.StreamState;

/**
 * Asked before a record is written to a shard: enforces the shard's rate where limits are on, and
 * measures it for on-demand streams. Any thread, never blocks.
 */
interface WriteAdmission {
    /** False if the shard's rate is exceeded; then the record was not counted. */
    boolean admit(StreamState stream, int shard, HashKey key, int bytes);

    /** Admits everything. */
    WriteAdmission UNLIMITED = (stream, shard, key, bytes) -> true;
}
