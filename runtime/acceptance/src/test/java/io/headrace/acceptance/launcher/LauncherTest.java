package io.headrace.acceptance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.testkit.HeadraceNode;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherTest {
    private static final Map<String, String> NO_CACHE = Map.of("HEADRACE_CACHE", "off");

    @TempDir Path directory;
    private Installation installation;

    @BeforeEach
    void install() throws Exception {
        // A name that comes apart where somebody forgot to quote.
        installation =
                Installation.copyTo(Files.createDirectory(directory.resolve("a copy's $HOME")));
    }

    @Test
    void aCopyServesAndEndsInOrderOnSigterm() throws Exception {
        var node =
                HeadraceNode.builder()
                        .home(installation.home())
                        .data(directory.resolve("data"))
                        .environment("HEADRACE_CACHE", "off")
                        .start();
        try (node;
                var client = HttpClient.newHttpClient()) {
            var ready =
                    client.send(
                            HttpRequest.newBuilder(node.endpoint().resolve("/health/ready"))
                                    .build(),
                            BodyHandlers.ofString());
            assertThat(ready.statusCode()).isEqualTo(200);

            assertThat(node.terminate(Duration.ofSeconds(40))).isEqualTo(0);
        }
    }

    @Test
    void wrongSettingsAreToldTogetherAndNothingStarts() throws Exception {
        var environment = Map.of("HEADRACE_CACHE", "off", "HEADRACE_LIMITS", "some");

        var outcome = installation.run(environment, "serve", "--port", "66000");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.output())
                .contains("--port (command line): must be a port")
                .contains("HEADRACE_LIMITS (environment): must be one of aws, none");
    }

    @Test
    void configMasksSecrets() throws Exception {
        var environment =
                Map.of(
                        "HEADRACE_CACHE", "off",
                        "HEADRACE_ACCESS_KEY_ID", "AKIA1",
                        "HEADRACE_SECRET_ACCESS_KEY", "hush");

        var outcome = installation.run(environment, "config", "--port", "0");

        assertThat(outcome.exitCode()).isEqualTo(0);
        assertThat(outcome.output())
                .contains("port: 0")
                .contains("HEADRACE_PORT, --port (command line)")
                .contains("AKIA1")
                .doesNotContain("hush");
    }

    @Test
    void aJavaThatIsTooOldIsPassedOver() throws Exception {
        var old = Files.createDirectories(directory.resolve("old/bin"));
        var java = Files.writeString(old.resolve("java"), "#!/bin/sh\necho the old java ran\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(directory.resolve("old/release"), "JAVA_VERSION=\"17.0.15\"\n");
        var environment =
                Map.of("HEADRACE_CACHE", "off", "JAVA_HOME", directory.resolve("old").toString());

        var outcome = installation.run(environment, "config");

        assertThat(outcome.output()).contains("port: 4566").doesNotContain("the old java ran");
    }

    @Test
    void twoAtOnceMakeOneCacheAndAStaleLockHoldsNobody() throws Exception {
        var first = installation.start(Map.of(), "make-cache");
        var second = installation.start(Map.of(), "make-cache");
        assertThat(Installation.finish(first).exitCode()).isEqualTo(0);
        assertThat(Installation.finish(second).exitCode()).isEqualTo(0);

        assertThat(installation.caches()).singleElement().asString().endsWith(".aot");

        var cache = installation.home().resolve("cache").resolve(installation.caches().getFirst());
        Files.delete(cache);
        var lock = Files.createDirectory(Path.of(cache + ".lock"));
        // No process has this id: it is above what Linux and macOS give.
        Files.writeString(lock.resolve("pid"), "4999999\n");
        assertThat(installation.run(Map.of(), "make-cache").exitCode()).isEqualTo(0);
        assertThat(installation.caches()).containsExactly(String.valueOf(cache.getFileName()));
    }

    @Test
    void commandsThatNeedSourcesSayIt() throws Exception {
        assertThat(installation.run(NO_CACHE, "verify").output()).contains("needs the sources");
        assertThat(installation.run(NO_CACHE, "nonsense"))
                .satisfies(outcome -> assertThat(outcome.exitCode()).isEqualTo(2))
                .satisfies(outcome -> assertThat(outcome.output()).contains("unknown command"));
        assertThat(installation.run(NO_CACHE, "version").output()).isNotBlank();
        assertThat(installation.run(NO_CACHE, "--help").output()).contains("serve");
    }
}
