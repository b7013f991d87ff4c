package io.headrace.store.crypt;

import java.util.Optional;

/** Which streams are to be encrypted, and by which master key; asked for every block. */
@FunctionalInterface
public interface EncryptedStreams {
    /** Never blocks; empty for a stream that is plain or unknown. */
    Optional<String> masterKeyOf(long streamId);
}
