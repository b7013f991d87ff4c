package io.headrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process handling, against small shell scripts in the launcher's place. */
class HeadraceNodeTest {
    private static final String WAIT = "while :; do read -t 1 x <> <(:) ; done\n";

    @TempDir Path directory;

    private HeadraceNode.Builder launcher(String script) throws IOException {
        var home = Files.createDirectories(directory.resolve("home"));
        Files.createDirectories(home.resolve("lib").resolve("node"));
        var launcher = home.resolve("headrace");
        Files.writeString(launcher, "#!/bin/bash\n" + script);
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        return HeadraceNode.builder()
                .home(home)
                .data(directory.resolve("data"))
                .startTimeout(Duration.ofSeconds(20));
    }

    @Test
    void readsTheAddressesOfTheReadyLine() throws Exception {
        var builder =
                launcher(
                        "echo noise http://10.0.0.1:1\n"
                                + "echo headrace ready in 900 ms: http://127.0.0.1:4711"
                                + " https://127.0.0.1:4712 $@\n"
                                + WAIT);
        try (var node = builder.options("--limits", "aws").start()) {
            assertThat(node.endpoint()).isEqualTo(URI.create("http://127.0.0.1:4711"));
            assertThat(node.tlsEndpoint()).contains(URI.create("https://127.0.0.1:4712"));
            assertThat(node.log().getLast())
                    .endsWith("serve --port 0 --data " + node.data() + " --limits aws");
        }
    }

    @Test
    void killAndStartAgain() throws Exception {
        try (var node = launcher("echo headrace ready http://127.0.0.1:1\n" + WAIT).start()) {
            long first = node.pid();
            node.kill();
            assertThat(ProcessHandle.of(first).map(ProcessHandle::isAlive).orElse(false)).isFalse();
            assertThat(node.isAlive()).isFalse();
            assertThat(node.log()).startsWith("headrace ready http://127.0.0.1:1");
            node.start();
            assertThat(node.pid()).isNotEqualTo(first);
        }
    }

    @Test
    void terminateGivesTheExitStatus() throws Exception {
        var builder =
                launcher("trap 'exit 7' TERM\necho headrace ready http://127.0.0.1:1\n" + WAIT);
        try (var node = builder.start()) {
            assertThat(node.terminate(Duration.ofSeconds(20))).isEqualTo(7);
            assertThat(node.isAlive()).isFalse();
        }
    }

    @Test
    void aNodeThatEndsEarlyTellsWhatItPrinted() throws Exception {
        var builder = launcher("echo the data directory is locked >&2\nexit 3\n");
        assertThatThrownBy(builder::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ended before it was ready")
                .hasMessageContaining("the data directory is locked");
    }

    @Test
    void aNodeThatIsNeverReadyIsEnded() throws Exception {
        var builder = launcher("echo $$\n" + WAIT).startTimeout(Duration.ofMillis(500));
        var node = builder.build();
        assertThatThrownBy(node::start).hasMessageContaining("not ready in time");
        long pid = Long.parseLong(node.log().getFirst());
        assertThat(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)).isFalse();
    }

    @Test
    void onlyDataThatNobodyNamedIsTakenAway() throws Exception {
        var script =
                "mkdir -p $5/deep && echo x >$5/deep/x\necho headrace ready http://127.0.0.1:1\n";
        var named = launcher(script + WAIT).start();
        named.close();
        assertThat(named.data().resolve("deep/x")).exists();
        var unnamed = HeadraceNode.builder().home(directory.resolve("home")).start();
        assertThat(unnamed.data().resolve("deep/x")).exists();
        unnamed.close();
        assertThat(unnamed.data()).doesNotExist();
    }

    @Test
    void theHomeIsSoughtInOrder() throws Exception {
        launcher("exit 0\n");
        var home = directory.resolve("home");
        assertThat(
                        HeadraceNode.findHome(
                                name -> name.equals("headrace.home") ? home.toString() : null,
                                name -> "/nowhere"))
                .contains(home);
        assertThat(HeadraceNode.findHome(name -> null, name -> home.toString())).contains(home);
        assertThat(HeadraceNode.findHome(name -> directory.toString(), name -> null)).isEmpty();
    }
}
