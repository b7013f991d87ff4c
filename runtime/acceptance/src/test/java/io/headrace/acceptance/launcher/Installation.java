package io.headrace.acceptance.launcher;

import io.headrace.acceptance.Distribution;
import io.headrace.testkit.HeadraceNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A copy of the distribution somewhere else, without its caches. */
record Installation(Path home) {
    private static final long SECONDS_MAX = 120;

    /** What a command did; its streams together. */
    record Outcome(int exitCode, String output) {}

    static Installation copyTo(Path home) throws IOException {
        Distribution.assumeBuilt();
        var built = HeadraceNode.findHome().orElseThrow();
        try (var files = Files.walk(built)) {
            for (var file : (Iterable<Path>) files::iterator) {
                var relative = built.relativize(file);
                if (!relative.startsWith("cache")) {
                    Files.copy(
                            file,
                            home.resolve(relative.toString()),
                            StandardCopyOption.COPY_ATTRIBUTES,
                            StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
        return new Installation(home);
    }

    Process start(Map<String, String> environment, String... arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(home.resolve("headrace").toString());
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        var process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    Outcome run(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        return finish(start(environment, arguments));
    }

    static Outcome finish(Process process) throws IOException, InterruptedException {
        try (var output = process.getInputStream()) {
            var text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("still running; it printed:\n" + text);
            }
            return new Outcome(process.exitValue(), text);
        }
    }

    List<String> caches() throws IOException {
        var cache = home.resolve("cache");
        if (!Files.isDirectory(cache)) {
            return List.of();
        }
        try (var files = Files.list(cache)) {
            return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
        }
    }
}
