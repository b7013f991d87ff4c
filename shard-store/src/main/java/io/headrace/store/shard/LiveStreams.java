package io.headrace.store.shard;

import java.io.IOException;
import java.util.Set;

/** Tells which streams there are. */
@FunctionalInterface
public interface LiveStreams {
    /**
     * Their ids, as shard keys hold them, also of those that are being deleted.
     *
     * @throws IOException if that cannot be told
     */
    Set<Long> ids() throws IOException;
}
