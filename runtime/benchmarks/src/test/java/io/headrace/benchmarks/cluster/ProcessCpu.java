package io.headrace.benchmarks.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Processor time that processes of this machine have used so far, as Linux tells. */
final class ProcessCpu {
    /** Counted from behind the name, which may hold blanks: state is 0. */
    private static final int USER = 11;

    private static final int SYSTEM = 12;

    private final long ticksPerSecond;

    ProcessCpu(long ticksPerSecond) {
        this.ticksPerSecond = ticksPerSecond;
    }

    static ProcessCpu ofThisMachine() throws IOException, InterruptedException {
        var process = new ProcessBuilder("getconf", "CLK_TCK").start();
        var ticks = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        process.waitFor();
        return new ProcessCpu(Long.parseLong(ticks.strip()));
    }

    /** Seconds of a process, in user and kernel mode, of all its threads. */
    double seconds(long pid) throws IOException {
        return seconds(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
    }

    double seconds(String stat) {
        var fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        if (fields.length <= SYSTEM) {
            throw new IllegalArgumentException("no process's statistics: " + stat);
        }
        long ticks = Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM]);
        return (double) ticks / ticksPerSecond;
    }
}
