package io.headrace.store.journal;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The beginnings of entries that were read for their tables, which is the whole of a small entry:
 * who takes a shard over reads its blocks soon after. An entry never changes, so they stay right;
 * the last used are kept. Any thread.
 */
final class EntryStarts {
    private final long bytesMax;
    private final LinkedHashMap<Key, ByteBuffer> starts = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    private record Key(JournalId journal, long index) {}

    /**
     * @param bytesMax 0 to keep none
     */
    EntryStarts(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    void put(JournalId journal, long index, ByteBuffer start) {
        if (start.remaining() > bytesMax) {
            return;
        }
        // What was read may be a slice of something larger.
        var copy = ByteBuffer.allocate(start.remaining()).put(start.duplicate()).flip();
        synchronized (this) {
            var before = starts.put(new Key(journal, index), copy.asReadOnlyBuffer());
            bytes += copy.remaining() - (before == null ? 0 : before.remaining());
            for (var oldest = starts.values().iterator(); bytes > bytesMax; ) {
                bytes -= oldest.next().remaining();
                oldest.remove();
            }
        }
    }

    /** These bytes of an entry; null if they are not known. */
    synchronized @Nullable ByteBuffer get(JournalId journal, long index, int offset, int length) {
        var start = starts.get(new Key(journal, index));
        return start != null && offset + length <= start.limit()
                ? start.slice(offset, length)
                : null;
    }
}
