package io.headrace.store.shard;

import io.headrace.store.ShardKey;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where readers of segments will go on if they go forward, and how far to read ahead of those who
 * do: nothing at first, then twice as far each time. Who jumps leaves no trail behind that anyone
 * follows, so it costs nothing. Any thread.
 */
final class Trails {
    static final long AHEAD_BYTES_MIN = 1 << 20;
    static final long AHEAD_BYTES_MAX = 8 << 20;

    /** Readers that are followed; of more, those who came longest ago begin again. */
    private static final int TRAILS_MAX = 1024;

    private record Place(ShardKey shard, long index) {}

    private final Map<Place, Long> windows =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Place, Long> eldest) {
                    return size() > TRAILS_MAX;
                }
            };

    /** Stored bytes to read ahead of who reads from there; 0 if nobody read up to it. */
    synchronized long take(ShardKey shard, long fromIndex) {
        var window = windows.remove(new Place(shard, fromIndex));
        return window == null ? 0 : window;
    }

    /** Somebody read up to there, with so much ahead. */
    synchronized void leave(ShardKey shard, long nextIndex, long window) {
        windows.put(
                new Place(shard, nextIndex),
                Math.clamp(2 * window, AHEAD_BYTES_MIN, AHEAD_BYTES_MAX));
    }
}
