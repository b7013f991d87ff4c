package io.headrace.acceptance.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.Distribution;
import io.headrace.acceptance.Tools;
import io.headrace.testkit.HeadraceNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the README's shell commands in their order, as they stand there but for the port and the
 * directory of the data, and each that goes on by itself only until it shows that it works. A
 * command that this test does not know fails it.
 */
@Timeout(240)
class ReadmeTest {
    @TempDir Path directory;

    @BeforeAll
    static void needsANode() {
        Distribution.assumeBuilt();
    }

    @Test
    void everyCommandDoesWhatItSays() throws Exception {
        Files.createSymbolicLink(directory.resolve("headrace"), launcher());
        int port = freePort();
        var exports = new ArrayList<String>();
        exports.add("export HEADRACE_PORT=" + port);
        Process node = null;
        try {
            for (var command : commands()) {
                if (command.startsWith("export ")) {
                    exports.add(command.replace("4566", Integer.toString(port)));
                } else if (command.equals("./headrace verify")) {
                    // Runs this very test.
                    assertThat(Files.readString(launcher())).contains("verify)");
                } else if (command.equals("./headrace demo")) {
                    assertThat(output(exports, command + " --seconds 3 --rate 300"))
                            .contains("every visit in order: yes");
                } else if (command.startsWith("./headrace serve")) {
                    var served =
                            command.replace("/var/lib/headrace", directory.resolve("d").toString());
                    assertThat(served).isNotEqualTo(command);
                    node = start(exports, "exec " + served);
                    awaitLine(node, "headrace ready");
                } else if (command.startsWith("aws ")) {
                    aws(exports, command);
                } else if (command.startsWith("./headrace tail")) {
                    var tail = start(exports, "exec " + command);
                    awaitLine(tail, "{\"page\":\"/\"}");
                    end(tail);
                } else {
                    assertThat(command)
                            .startsWith("echo '{\"page\":\"/\"}' | ./headrace put clicks");
                    output(exports, command);
                }
            }
        } finally {
            if (node != null) {
                end(node);
            }
        }
    }

    /** By the AWS CLI; the stream is needed by what follows, whoever makes it. */
    private void aws(List<String> exports, String command) throws Exception {
        if (!Tools.have("aws")) {
            if (command.contains("create-stream")) {
                output(exports, "./headrace stream create clicks --shards 2");
            }
            return;
        }
        boolean first = output(exports, "aws --version").contains("aws-cli/1.");
        output(
                exports,
                first ? command.replace("--cli-binary-format raw-in-base64-out ", "") : command);
    }

    private String output(List<String> exports, String command) throws Exception {
        var process = start(exports, command);
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(command + "\n" + output).isZero();
        return output;
    }

    private Process start(List<String> exports, String command) throws IOException {
        var script = String.join("\n", exports) + "\n" + command;
        return new ProcessBuilder("bash", "-c", script)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
    }

    private static void awaitLine(Process process, String part) throws IOException {
        var reader = process.inputReader();
        var seen = new ArrayList<String>();
        for (var line = reader.readLine(); line != null; line = reader.readLine()) {
            seen.add(line);
            if (line.contains(part)) {
                return;
            }
        }
        throw new AssertionError("ended without '" + part + "': " + seen);
    }

    private static void end(Process process) throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    /** The lines of the blocks marked as shell, without their comments. */
    private static List<String> commands() throws IOException {
        var commands = new ArrayList<String>();
        boolean shell = false;
        for (var line :
                Files.readAllLines(Path.of(System.getProperty("headrace.root"), "README.md"))) {
            if (line.startsWith("```")) {
                shell = line.equals("```sh");
            } else if (shell && !line.isBlank()) {
                commands.add(line.replaceFirst("\\s+# .*$", "").strip());
            }
        }
        assertThat(commands).hasSizeGreaterThan(6);
        return commands;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static Path launcher() {
        return HeadraceNode.findHome().orElseThrow().resolve("headrace");
    }
}
