package io.headrace.acceptance.crash;

import io.headrace.acceptance.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A clock of day that may be set while a process runs by it (libfaketime); what measures spans of
 * time goes on as it is.
 */
final class FalseClock {
    private static final List<Path> PLACES =
            List.of(
                    Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
                    Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"),
                    Path.of("/usr/lib/faketime/libfaketimeMT.so.1"));

    private final Path library;
    private final Path offset;

    private FalseClock(Path library, Path offset) {
        this.library = library;
        this.offset = offset;
    }

    /** A clock that is right, kept in the directory; empty if a JVM here does not obey it. */
    static Optional<FalseClock> in(Path directory) throws IOException, InterruptedException {
        for (var library : PLACES) {
            if (Files.exists(library)) {
                var clock = new FalseClock(library, directory.resolve("clock"));
                if (clock.isObeyed(directory)) {
                    return Optional.of(clock);
                }
            }
        }
        return Optional.empty();
    }

    void set(Duration ahead) throws IOException {
        var written = offset.resolveSibling("clock.new");
        Files.writeString(written, "%+d\n".formatted(ahead.toSeconds()));
        Files.move(
                written,
                offset,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** What makes a process go by it. */
    Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD", library.toString(),
                "FAKETIME_TIMESTAMP_FILE", offset.toString(),
                "FAKETIME_CACHE_DURATION", "1",
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                // Else every timed wait of a JVM returns at once.
                "FAKETIME_FORCE_MONOTONIC_FIX", "0");
    }

    private boolean isObeyed(Path directory) throws IOException, InterruptedException {
        set(Duration.ofDays(2));
        var source = directory.resolve("Now.java");
        Files.writeString(
                source,
                """
                class Now {
                    public static void main(String[] args) {
                        System.out.println(System.currentTimeMillis());
                    }
                }
                """);
        var java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        var outcome =
                Tools.run(directory, List.of(java, "-Xint", source.toString()), environment());
        set(Duration.ZERO);
        var tomorrow = Instant.now().plus(Duration.ofDays(1)).toEpochMilli();
        return outcome.status() == 0
                && outcome.output().strip().matches("\\d+")
                && Long.parseLong(outcome.output().strip()) > tomorrow;
    }
}
