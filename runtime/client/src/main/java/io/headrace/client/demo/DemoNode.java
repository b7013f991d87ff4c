package io.headrace.client.demo;

import io.headrace.client.CommandFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/** The node that a demo starts beside itself, and ends with itself. */
final class DemoNode implements AutoCloseable {
    private static final Pattern READY =
            Pattern.compile("headrace ready\\b.*?(http://[^\\s,/]+:\\d+)");
    private static final int START_SECONDS_MAX = 120;
    private static final int END_SECONDS_MAX = 20;
    private static final int LINES_KEPT = 40;

    private final Process process;
    private final CompletableFuture<URI> endpoint = new CompletableFuture<>();
    private final ArrayDeque<String> lastLines = new ArrayDeque<>();

    private DemoNode(Process process) {
        this.process = process;
        Thread.ofPlatform().daemon().name("node-output").start(this::readOutput);
    }

    /** Starts the distribution's node on the given port (0: any free one). */
    static DemoNode start(int port, Path data) throws IOException {
        var command =
                List.of(
                        launcher().toString(),
                        "serve",
                        "--port",
                        Integer.toString(port),
                        "--data",
                        data.toString());
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        return new DemoNode(process);
    }

    private static Path launcher() {
        return Optional.ofNullable(System.getProperty("headrace.home"))
                .or(() -> Optional.ofNullable(System.getenv("HEADRACE_HOME")))
                .map(home -> Path.of(home, "headrace"))
                .filter(Files::isExecutable)
                .orElseThrow(() ->
                        CommandFailure.usage(
                                "no node to start: run this through the headrace launcher,"
                                        + " or name a running one with --endpoint"));
    }

    private void readOutput() {
        try (var in =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                var ready = READY.matcher(line);
                if (ready.find()) {
                    endpoint.complete(URI.create(ready.group(1)));
                }
                synchronized (lastLines) {
                    if (lastLines.size() == LINES_KEPT) {
                        lastLines.removeFirst();
                    }
                    lastLines.addLast(line);
                }
            }
            endpoint.completeExceptionally(new IOException("the node ended"));
        } catch (IOException e) {
            endpoint.completeExceptionally(e);
        }
    }

    /** Waits until the node is ready. */
    URI endpoint() throws InterruptedException {
        try {
            return endpoint.get(START_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            synchronized (lastLines) {
                throw CommandFailure.refused(
                        "the node did not start; it printed:\n" + String.join("\n", lastLines));
            }
        }
    }

    /** Lets the node drain and end; takes it down if it does not. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
