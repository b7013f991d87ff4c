package io.headrace.store.consumer;

import io.headrace.store.ShardKey;
import io.headrace.store.shard.Checkpoint;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * Keeps consumers' checkpoints. {@link #replace} is what fences: of all who replace the same
 * checkpoint, one wins. A consumer's name is any text of 1 to 127 bytes in UTF-8. Every method may
 * block; any thread may call. A checkpoint that is damaged, or of a newer format, fails the calls
 * for it ({@link io.headrace.store.record.DamagedBlockException}, {@link
 * io.headrace.store.RefusedException}) and no other.
 */
public interface Checkpoints {
    /** Empty if there never was one, or it was forgotten. */
    Optional<Checkpoint> load(String consumer, ShardKey shard) throws IOException;

    /**
     * Gives a shard that has none a checkpoint that nobody leases, with the highest lease epoch a
     * forgotten one of this consumer and shard had.
     *
     * @return the new checkpoint, or the one found
     * @throws IOException if the outcome is unknown
     */
    Checkpoint create(String consumer, ShardKey shard, long index) throws IOException;

    /**
     * Puts {@code next} in the place of {@code expected}.
     *
     * @return false if another checkpoint stands there, or none; then nothing was changed
     * @throws IOException if the outcome is unknown: load to find out
     */
    boolean replace(String consumer, ShardKey shard, Checkpoint expected, Checkpoint next)
            throws IOException;

    /** Shards that a consumer has or had checkpoints of, damaged ones too. */
    SortedSet<ShardKey> shards(String consumer) throws IOException;

    /** Names of the consumers that have any checkpoint, in order. */
    List<String> consumers() throws IOException;

    /** Names of all of whom anything is stored: also those whose checkpoints are all forgotten. */
    List<String> stored() throws IOException;

    /**
     * Forgets a checkpoint, be it damaged, but not how high its epochs were: who fences by them
     * must never see one go back.
     */
    void forget(String consumer, ShardKey shard) throws IOException;

    /** Removes all that is stored of a shard that never comes again. */
    void remove(String consumer, ShardKey shard) throws IOException;
}
