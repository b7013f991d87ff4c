package io.headrace.store.stream;

import io.headrace.store.HashKey;
import java.util.List;

/**
 * A change of a stream that was promised and recorded, and takes effect once it is due. Each can be
 * begun again from the start after a crash at any point.
 */
public sealed interface Transition {
    /** When it takes effect, ms since 1970. */
    long dueMs();

    /** CREATING becomes ACTIVE. */
    record Create(long dueMs) implements Transition {}

    /** The stream's records go, then the stream. */
    record Delete(long dueMs) implements Transition {}

    /** UPDATING becomes ACTIVE; the options themselves changed already. */
    record Update(long dueMs) implements Transition {}

    /**
     * Shards are split at these keys (each becomes the start of a shard), then the shards that meet
     * at those keys are merged. What has been done is seen in the shards, so nothing else records
     * it.
     */
    record Reshape(long dueMs, List<HashKey> splitAt, List<HashKey> mergeAt) implements Transition {
        public Reshape {
            splitAt = List.copyOf(splitAt);
            mergeAt = List.copyOf(mergeAt);
        }
    }
}
