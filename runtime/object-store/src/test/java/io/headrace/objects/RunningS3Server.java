package io.headrace.objects;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One server for all tests of a JVM that ask for it, stopped after the last. */
public final class RunningS3Server implements BeforeAllCallback {
    private static final AtomicInteger PREFIXES = new AtomicInteger();

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
        shared =
                context.getRoot()
                        .getStore(ExtensionContext.Namespace.create(RunningS3Server.class))
                        .computeIfAbsent(
                                RunningS3Server.class, key -> Shared.start(), Shared.class);
    }

    public S3Server server() {
        return Objects.requireNonNull(shared, "not started").server();
    }

    /** Of the server, with a prefix nobody else has. */
    public S3Settings settings() {
        return S3Settings.of(
                server().endpoint(),
                "s3://" + S3Server.BUCKET + "/test/" + PREFIXES.incrementAndGet(),
                S3Settings.DEFAULT_REGION);
    }
}
