package io.headrace.store.consumer;

import io.headrace.store.ShardKey;
import io.headrace.store.shard.Checkpoint;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps consumers' checkpoints. {@link #replace} is what fences: of all who replace the same
 * checkpoint, one wins. A consumer's name is any text of 1 to 127 bytes in UTF-8. Every method may
 * block; any thread may call.
 */
public interface Checkpoints {
    Optional<Checkpoint> load(String consumer, ShardKey shard) throws IOException;

    /**
     * Puts {@code next} in the place of {@code expected} (empty: there is none yet).
     *
     * @return false if another checkpoint stands there; then nothing was changed
     * @throws IOException if the outcome is unknown: load to find out
     */
    boolean replace(String consumer, ShardKey shard, Optional<Checkpoint> expected, Checkpoint next)
            throws IOException;

    /** All of a consumer's checkpoints, by shard in order. */
    Map<ShardKey, Checkpoint> all(String consumer) throws IOException;

    /** Names of the consumers that have any, in order. */
    List<String> consumers() throws IOException;

    void delete(String consumer, ShardKey shard) throws IOException;
}
