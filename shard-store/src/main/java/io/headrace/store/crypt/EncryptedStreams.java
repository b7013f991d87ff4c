package io.headrace.store.crypt;

import java.util.Optional;

/** Which streams are to be encrypted, and by which master key; asked for every block. */
@FunctionalInterface
public interface EncryptedStreams {
    /**
     * Never blocks; empty for a stream that is plain.
     *
     * @throws io.headrace.store.RefusedException if the stream is not known: nothing is stored then
     */
    Optional<String> masterKeyOf(long streamId);

    /** Whether it makes sense to ask yet; if not, after {@link #learn}. Never blocks. */
    default boolean isKnown(long streamId) {
        return true;
    }

    /** Looks for a stream that another node made. Blocks. */
    default void learn(long streamId) {}
}
