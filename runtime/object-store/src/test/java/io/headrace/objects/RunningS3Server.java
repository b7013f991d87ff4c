package io.headrace.objects;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One server for all tests of a JVM that ask for it, stopped after the last. Or one that runs
 * already, if the environment names it: {@code HEADRACE_S3_ENDPOINT}, {@code HEADRACE_S3_BUCKET},
 * {@code HEADRACE_S3_REGION} and the keys.
 */
public final class RunningS3Server implements BeforeAllCallback {
    private static final AtomicInteger PREFIXES = new AtomicInteger();
    private static final @Nullable String OTHER = System.getenv("HEADRACE_S3_ENDPOINT");

    private @Nullable Shared shared;

    private record Shared(Path folder, S3Server server) implements AutoCloseable {
        static Shared start() {
            try {
                var folder = Files.createTempDirectory("headrace-s3");
                return new Shared(folder, S3Server.start(folder));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted at the start of a server", e);
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
            try (var files = Files.walk(folder)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        if (OTHER != null) {
            return;
        }
        shared =
                context.getRoot()
                        .getStore(ExtensionContext.Namespace.create(RunningS3Server.class))
                        .computeIfAbsent(
                                RunningS3Server.class, key -> Shared.start(), Shared.class);
    }

    public URI endpoint() {
        return OTHER != null
                ? URI.create(OTHER)
                : Objects.requireNonNull(shared, "not started").server().endpoint();
    }

    public static S3Credentials credentials() {
        return OTHER != null ? S3Credentials.ofEnvironment(System.getenv()) : S3Server.CREDENTIALS;
    }

    /** Of the server, with a prefix nobody else has. */
    public S3Settings settings() {
        return S3Settings.of(
                endpoint(),
                "s3://%s/test-%d/%d"
                        .formatted(
                                environment("HEADRACE_S3_BUCKET", S3Server.BUCKET),
                                ProcessHandle.current().pid(),
                                PREFIXES.incrementAndGet()),
                environment("HEADRACE_S3_REGION", S3Settings.DEFAULT_REGION));
    }

    private static String environment(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }
}
