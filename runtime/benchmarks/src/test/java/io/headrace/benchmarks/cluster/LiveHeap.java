package io.headrace.benchmarks.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** What is left of a JVM's heap after a collection. */
final class LiveHeap {
    private static final Pattern USED = Pattern.compile("used (\\d+)K");

    private LiveHeap() {}

    static long bytes(long pid) throws IOException, InterruptedException {
        // Twice: the first only finds out what the second may give back.
        ask(pid, "GC.run");
        ask(pid, "GC.run");
        return used(ask(pid, "GC.heap_info"));
    }

    /** Of what {@code jcmd PID GC.heap_info} prints. */
    static long used(String info) {
        var used = USED.matcher(info);
        if (!used.find()) {
            throw new IllegalArgumentException("no heap in " + info);
        }
        return Long.parseLong(used.group(1)) << 10;
    }

    private static String ask(long pid, String what) throws IOException, InterruptedException {
        var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        var process =
                new ProcessBuilder(jcmd, Long.toString(pid), what)
                        .redirectErrorStream(true)
                        .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        if (process.waitFor() != 0) {
            throw new IOException("jcmd " + pid + " " + what + ": " + said);
        }
        return said;
    }
}
