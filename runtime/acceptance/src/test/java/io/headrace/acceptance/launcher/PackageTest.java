package io.headrace.acceptance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.Tools;
import io.headrace.testkit.HeadraceNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The archive as a service's user meets it: somebody else's, read-only, far from any sources. */
@Timeout(240)
class PackageTest {
    /** Nobody, on every Linux. */
    private static final String NOBODY = "65534";

    @TempDir Path directory;
    private Unpacked unpacked;

    @BeforeEach
    void unpack() throws Exception {
        // JUnit's directory is for its owner alone.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        unpacked = Unpacked.into(Files.createDirectory(directory.resolve("opt")));
    }

    @AfterEach
    void allowToDelete() throws Exception {
        unpacked.makeWritable();
    }

    @Test
    void theArchiveIsTheSameWhoeverBuiltIt() throws Exception {
        var top = String.valueOf(unpacked.home().getFileName());
        var lines =
                Unpacked.output(
                                List.of(
                                        "tar",
                                        "--numeric-owner",
                                        "--full-time",
                                        "--utc",
                                        "-tvzf",
                                        unpacked.archive().toString()))
                        .lines()
                        .toList();

        assertThat(lines).hasSizeGreaterThan(50);
        for (var line : lines) {
            var path = line.replaceFirst("^.* " + top + "/", "");
            var mode = path.isEmpty() || path.endsWith("/") ? "drwxr-xr-x" : "-rw-r--r--";
            assertThat(line)
                    .startsWith(path.equals("headrace") ? "-rwxr-xr-x" : mode)
                    .contains(" 0/0 ")
                    .contains(" 2026-01-01 00:00:00 " + top + "/")
                    .doesNotContain("/cache");
        }
        assertThat(
                        Stream.of(
                                "LICENSE",
                                "README",
                                "VERSION",
                                "conf/headrace.example.yaml",
                                "conf/headrace.cluster.example.yaml",
                                "systemd/headrace.service",
                                "systemd/headrace.env",
                                "systemd/sysusers.conf",
                                "systemd/tmpfiles.conf",
                                "cloud-init/three-nodes.yaml"))
                .allMatch(path -> Files.isRegularFile(unpacked.home().resolve(path)));
    }

    @Test
    void anotherUserRunsItFromWhereOnlyRootMayWrite() throws Exception {
        unpacked.makeReadOnly();
        var caches = ownDirectory("caches");
        var data = ownDirectory("data");
        var made =
                Tools.run(
                        directory,
                        Stream.concat(
                                        Stream.of(asAnother()),
                                        Stream.of(
                                                "env",
                                                "HOME=/nonexistent",
                                                "CACHE_DIRECTORY=" + caches + ":/nonexistent",
                                                unpacked.home().resolve("headrace").toString(),
                                                "make-cache"))
                                .toList());
        assertThat(made.status()).as(made.output()).isZero();
        assertThat(files(caches)).singleElement().asString().endsWith(".aot");

        var cache = caches.resolve(files(caches).getFirst());
        assertThat(startedWith(data, caches)).contains("-XX:AOTCache=" + cache);

        // As an image may have it: made once by root, and nowhere else to look.
        unpacked.makeWritable();
        var shipped = Files.createDirectory(unpacked.home().resolve("cache"));
        Files.copy(cache, shipped.resolve(String.valueOf(cache.getFileName())));
        unpacked.makeReadOnly();
        assertThat(startedWith(data, directory.resolve("none/at all")))
                .contains("-XX:AOTCache=" + shipped.resolve(cache.getFileName()));
        assertThat(files(shipped)).hasSize(1);
    }

    /** Runs a node as another user, stops it in order, and returns its command line. */
    private List<String> startedWith(Path data, Path caches) throws Exception {
        try (var node =
                HeadraceNode.builder()
                        .home(unpacked.home())
                        .data(data)
                        .prefix(asAnother())
                        .environment("HOME", "/nonexistent")
                        .environment("CACHE_DIRECTORY", caches.toString())
                        .start()) {
            var command = Files.readString(Path.of("/proc/" + node.pid() + "/cmdline"));
            assertThat(node.terminate(Duration.ofSeconds(40))).isZero();
            // Neither the JVM nor a library of ours complains about how it was started.
            assertThat(node.log()).noneMatch(line -> line.startsWith("WARNING:"));
            return List.of(command.split("\0"));
        }
    }

    private Path ownDirectory(String name) throws IOException, InterruptedException {
        var made = Files.createDirectory(directory.resolve(name));
        if (isRoot()) {
            Unpacked.output(List.of("chown", NOBODY, made.toString()));
        }
        return made;
    }

    private static String[] asAnother() {
        if (!isRoot()) {
            return new String[] {"env"};
        }
        Tools.require("setpriv");
        return new String[] {"setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"};
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static List<String> files(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
        }
    }
}
