package io.headrace.store.segment;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Native contexts to borrow: making one for each chunk costs more than a small chunk's work, and a
 * thread-local would leave one behind for every virtual thread. Any thread may call.
 */
final class ZstdContexts {
    /** More threads at once just make and free their own. */
    private static final int KEPT_MAX = 16;

    private static final ArrayBlockingQueue<ZstdDecompressCtx> DECOMPRESS =
            new ArrayBlockingQueue<>(KEPT_MAX);

    private static final ArrayBlockingQueue<ZstdCompressCtx> COMPRESS =
            new ArrayBlockingQueue<>(KEPT_MAX);

    private ZstdContexts() {}

    static ZstdDecompressCtx borrow() {
        var kept = DECOMPRESS.poll();
        return kept == null ? new ZstdDecompressCtx() : kept;
    }

    /** Not to be called after the context threw. */
    static void giveBack(ZstdDecompressCtx context) {
        if (!DECOMPRESS.offer(context)) {
            context.close();
        }
    }

    static ZstdCompressCtx borrowCompressor(int level) {
        var kept = COMPRESS.poll();
        var context = kept == null ? new ZstdCompressCtx() : kept;
        return context.setLevel(level).setChecksum(false).setContentSize(true);
    }

    /** Not to be called after the context threw. */
    static void giveBack(ZstdCompressCtx context) {
        if (!COMPRESS.offer(context)) {
            context.close();
        }
    }
}
