package io.headrace.store.stream;

import java.io.IOException;

/** What seals the records of streams; here only to be cleaned up after a stream. */
@FunctionalInterface
public interface StreamKeys {
    /** Where no stream was ever encrypted. */
    StreamKeys NONE = _ -> {};

    /** Deletes all keys of a stream whose shards are gone; may block, and may be done again. */
    void delete(long streamId) throws IOException;
}
