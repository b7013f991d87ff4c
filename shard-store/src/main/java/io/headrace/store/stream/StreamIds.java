package io.headrace.store.stream;

import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.VersionedObject;
import io.headrace.store.record.DamagedBlockException;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/** Reads which streams a store holds, for who only looks on. */
public final class StreamIds {
    private StreamIds() {}

    /**
     * The id of each stream, also of those that are being deleted.
     *
     * @throws DamagedBlockException if one is not what was written, or of a newer format
     */
    public static Set<Long> in(ObjectStore store) throws IOException {
        var prefixes = new LinkedHashSet<String>();
        for (var object : store.list(StreamName.ROOT)) {
            prefixes.add(object.substring(0, object.lastIndexOf('/') + 1));
        }
        var ids = new HashSet<Long>();
        for (var prefix : prefixes) {
            var newest = VersionedObject.newest(store, prefix);
            if (newest.isPresent()) {
                try {
                    StreamFormat.read(newest.get().content(), prefix + newest.get().number())
                            .ifPresent(state -> ids.add(state.id()));
                } catch (UnreadableStateException e) {
                    throw new DamagedBlockException(String.valueOf(e.getMessage()), e);
                }
            }
        }
        return ids;
    }
}
