package io.headrace.acceptance;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** Programs of the system that tests call. */
public final class Tools {
    private Tools() {}

    public static boolean have(String program) {
        // Where mkfs stands is not on everyone's path.
        var path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin";
        return Arrays.stream(path.split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    /**
     * Skips the test, saying why, if a program is missing; where the environment says that they
     * were installed, a missing one fails it instead, so that no proof is lost unseen.
     */
    public static void require(String... programs) {
        for (var program : programs) {
            if (!have(program)) {
                var message = "no " + program + " on this machine";
                if ("1".equals(System.getenv("REQUIRE_TEST_TOOLS"))) {
                    throw new AssertionError(message);
                }
                Assumptions.abort("skipped: " + message);
            }
        }
    }

    /** What a program came to. */
    public record Outcome(int status, String output) {}

    public static Outcome run(Path directory, List<String> command)
            throws IOException, InterruptedException {
        return run(directory, command, Map.of());
    }

    /** Runs a program with more in its environment. */
    public static Outcome run(Path directory, List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        var builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().merge("PATH", ":/usr/sbin:/sbin", String::concat);
        builder.environment().putAll(environment);
        var process = builder.start();
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), output);
    }

    public static Outcome run(String... command) throws IOException, InterruptedException {
        return run(Path.of("."), List.of(command));
    }
}
