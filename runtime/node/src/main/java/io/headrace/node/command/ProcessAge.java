package io.headrace.node.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** How long this process runs; the launcher becomes this process, so its time is included. */
final class ProcessAge {
    private static final long TICKS_PER_SECOND = 100;
    private static final int STARTED_FIELD = 20;

    private ProcessAge() {}

    static Duration now() {
        try {
            return sinceBoot(
                    Files.readString(Path.of("/proc/self/stat")),
                    Files.readString(Path.of("/proc/uptime")));
        } catch (IOException | IllegalArgumentException e) {
            // Not Linux: the wall clock's answer, which is wrong by what the clock was set since.
            var now = Instant.now();
            return Duration.between(ProcessHandle.current().info().startInstant().orElse(now), now);
        }
    }

    /**
     * From both in time since boot, right to a hundredth of a second whatever the wall clock does.
     *
     * @param stat {@code /proc/PID/stat}: the process' name in parentheses, then fields, of which
     *     the 20th is the start in ticks
     * @param uptime {@code /proc/uptime}: seconds with two decimals first
     */
    static Duration sinceBoot(String stat, String uptime) {
        var fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        if (fields.length < STARTED_FIELD) {
            throw new IllegalArgumentException("not the fields of a process: " + stat);
        }
        long startedMs = Long.parseLong(fields[STARTED_FIELD - 1]) * 1000 / TICKS_PER_SECOND;
        double upSeconds = Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')));
        return Duration.ofMillis(Math.max(0, Math.round(upSeconds * 1000) - startedMs));
    }
}
