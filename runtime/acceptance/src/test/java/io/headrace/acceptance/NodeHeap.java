package io.headrace.acceptance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** What a node's heap holds. */
public final class NodeHeap {
    private static final Pattern USED = Pattern.compile("used (\\d+)K");
    private static final String JCMD =
            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();

    private NodeHeap() {}

    /** Bytes that are still there after a collection. */
    public static long liveBytes(long pid) throws IOException, InterruptedException {
        var process = Long.toString(pid);
        for (int collection = 0; collection < 2; collection++) {
            // Twice: the first only finds out what the second may give back.
            var collected = Tools.run(JCMD, process, "GC.run");
            if (collected.status() != 0) {
                throw new IOException(collected.output());
            }
        }
        var info = Tools.run(JCMD, process, "GC.heap_info").output();
        var used = USED.matcher(info);
        if (!used.find()) {
            throw new IOException("no heap in " + info);
        }
        return Long.parseLong(used.group(1)) << 10;
    }
}
