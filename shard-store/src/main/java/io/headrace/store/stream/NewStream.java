package io.headrace.store.stream;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a stream is to begin with. */
public record NewStream(StreamOptions options, int shards, SortedMap<String, String> tags) {
    /** What an on-demand stream begins with: 4 MB/s. */
    public static final int ON_DEMAND_SHARDS = 4;

    public NewStream {
        if (shards < 1) {
            throw new IllegalArgumentException(shards + " shards");
        }
        tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
    }

    public static NewStream provisioned(int shards) {
        return new NewStream(
                StreamOptions.of(StreamMode.PROVISIONED), shards, new TreeMap<>(Map.of()));
    }

    public static NewStream onDemand() {
        return new NewStream(
                StreamOptions.of(StreamMode.ON_DEMAND), ON_DEMAND_SHARDS, new TreeMap<>());
    }
}
