package io.headrace.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A real node, run as a process of the distribution on loopback, with a port of its own.
 *
 * <p>{@link #kill()} and {@link #start()} again give a crash and a recovery on the same data. The
 * process is ended by its own id, at the latest when this JVM exits. One thread drives a node;
 * {@link #endpoint()} and {@link #log()} may be called from any.
 */
public final class HeadraceNode implements AutoCloseable {
    private final Builder settings;
    private final Path home;
    private final Path data;
    private final Thread reaper;
    private volatile @Nullable Running running;
    private volatile List<String> lastLog = List.of();

    private record Running(Process process, NodeOutput output, URI plain, @Nullable URI tls) {}

    private HeadraceNode(Builder settings, Path home, Path data) {
        this.settings = settings;
        this.home = home;
        this.data = data;
        this.reaper = new Thread(this::kill, "reaper-of-headrace");
        Runtime.getRuntime().addShutdownHook(reaper);
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * The laid-out distribution: system property {@code headrace.home}, environment variable {@code
     * HEADRACE_HOME}, or the one that a build leaves below system property {@code headrace.root}.
     */
    public static Optional<Path> findHome() {
        return findHome(System::getProperty, System::getenv);
    }

    static Optional<Path> findHome(
            Function<String, @Nullable String> property,
            Function<String, @Nullable String> environment) {
        var candidates = new ArrayList<Path>();
        Optional.ofNullable(property.apply("headrace.home"))
                .map(Path::of)
                .ifPresent(candidates::add);
        Optional.ofNullable(environment.apply("HEADRACE_HOME"))
                .map(Path::of)
                .ifPresent(candidates::add);
        Optional.ofNullable(property.apply("headrace.root"))
                .map(root -> Path.of(root, "runtime", "distribution", "target", "headrace"))
                .ifPresent(candidates::add);
        return candidates.stream()
                .filter(home -> Files.isRegularFile(home.resolve("headrace")))
                .filter(home -> Files.isDirectory(home.resolve("lib").resolve("node")))
                .findFirst();
    }

    /**
     * Starts the node and returns when it is ready.
     *
     * @throws IllegalStateException if it ended or did not get ready in time, with what it printed
     */
    public HeadraceNode start() {
        if (running != null) {
            throw new IllegalStateException("the node already runs, as process " + pid());
        }
        try {
            var process = spawn();
            var output = new NodeOutput(process.getInputStream(), process.pid());
            boolean inTime = output.awaitReadyOrEnd(settings.startTimeout.toMillis());
            var plain = output.plain();
            if (plain == null) {
                end(process);
                output.awaitEnd();
                lastLog = output.lines();
                throw new IllegalStateException(
                        (inTime
                                        ? "the node ended before it was ready"
                                        : "the node is not ready in time")
                                + "; it printed:\n"
                                + String.join("\n", lastLog));
            }
            running = new Running(process, output, plain, output.tls());
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the node started", e);
        }
    }

    private Process spawn() throws IOException {
        var command = new ArrayList<String>();
        command.addAll(settings.prefix);
        command.add(home.resolve("headrace").toString());
        command.addAll(List.of("serve", "--port", Integer.toString(settings.port)));
        command.addAll(List.of("--data", data.toString()));
        command.addAll(settings.options);
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(settings.environment);
        var process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    /** Ends the node as a crash does (SIGKILL), and returns when it is gone. */
    public void kill() {
        var current = running;
        if (current != null) {
            end(current.process());
            forget(current);
        }
    }

    /** Asks the node to end (SIGTERM), and returns its exit status. */
    public int terminate(Duration timeout) throws InterruptedException {
        var current = current();
        current.process().destroy();
        if (!current.process().waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            kill();
            throw new IllegalStateException("the node did not end within " + timeout);
        }
        forget(current);
        return current.process().exitValue();
    }

    private void forget(Running ended) {
        ended.output().awaitEnd();
        lastLog = ended.output().lines();
        running = null;
    }

    private static void end(Process process) {
        var children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Kills the node if it runs. Its data stays if the directory was named, and goes if it was not.
     */
    @Override
    public void close() {
        kill();
        try {
            Runtime.getRuntime().removeShutdownHook(reaper);
        } catch (IllegalStateException e) {
            // The JVM is already shutting down, so the hook has run or is about to: nothing is
            // left.
            Objects.requireNonNull(e);
        }
        if (settings.data == null) {
            try {
                TemporaryData.delete(data);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private Running current() {
        var current = running;
        if (current == null) {
            throw new IllegalStateException("the node does not run");
        }
        return current;
    }

    public boolean isAlive() {
        var current = running;
        return current != null && current.process().isAlive();
    }

    /** The plain address, such as {@code http://127.0.0.1:40123}; another one after each start. */
    public URI endpoint() {
        return current().plain();
    }

    /** The TLS address, if the node was started with a TLS port. */
    public Optional<URI> tlsEndpoint() {
        return Optional.ofNullable(current().tls());
    }

    public int port() {
        return endpoint().getPort();
    }

    public long pid() {
        return current().process().pid();
    }

    public Path data() {
        return data;
    }

    /** What this run printed so far, or the last run if none is on; newest last. */
    public List<String> log() {
        var current = running;
        return current == null ? lastLog : current.output().lines();
    }

    /** Collects how a node is to be started. */
    public static final class Builder {
        private @Nullable Path home;
        private @Nullable Path data;
        private int port;
        private Duration startTimeout = Duration.ofSeconds(60);
        private List<String> prefix = List.of();
        private final List<String> options = new ArrayList<>();
        private final Map<String, String> environment = new HashMap<>();

        private Builder() {}

        /** The distribution's directory, if it is not to be searched for. */
        public Builder home(Path home) {
            this.home = home;
            return this;
        }

        /** The data directory; by default a fresh temporary one. */
        public Builder data(Path data) {
            this.data = data;
            return this;
        }

        /** A fixed port; by default the system chooses one at each start. */
        public Builder port(int port) {
            this.port = port;
            return this;
        }

        /** More options of {@code headrace serve}, such as {@code "--limits", "aws"}. */
        public Builder options(String... more) {
            options.addAll(List.of(more));
            return this;
        }

        public Builder environment(String name, String value) {
            environment.put(name, value);
            return this;
        }

        /** A command that runs the node's command, such as {@code "faketime", "+1h"}. */
        public Builder prefix(String... command) {
            prefix = List.of(command);
            return this;
        }

        public Builder startTimeout(Duration timeout) {
            startTimeout = timeout;
            return this;
        }

        /**
         * A node that is not started yet.
         *
         * @throws IllegalStateException if no distribution is found
         */
        public HeadraceNode build() {
            var where =
                    Optional.ofNullable(home)
                            .or(HeadraceNode::findHome)
                            .orElseThrow(() ->
                                    new IllegalStateException(
                                            "no Headrace distribution: build it, or name it"
                                                    + " with -Dheadrace.home"));
            try {
                var directory = data == null ? Files.createTempDirectory("headrace-test-") : data;
                return new HeadraceNode(this, where, directory);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        public HeadraceNode start() {
            return build().start();
        }
    }
}
