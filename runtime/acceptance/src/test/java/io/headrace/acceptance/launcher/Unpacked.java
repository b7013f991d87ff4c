package io.headrace.acceptance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.Distribution;
import io.headrace.acceptance.Tools;
import io.headrace.testkit.HeadraceNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * The archive that a build leaves, unpacked where everybody may read it and nobody but root write.
 *
 * @param home of the launcher, as {@code /opt/headrace} would be
 */
record Unpacked(Path archive, Path home) {

    private static Path find() throws IOException {
        Distribution.assumeBuilt();
        var built = HeadraceNode.findHome().orElseThrow();
        var version = Files.readString(built.resolve("VERSION")).strip();
        var archive = built.resolveSibling("headrace-" + version + ".tar.gz");
        Assumptions.assumeTrue(
                Files.exists(archive), "skipped: this distribution has no archive beside it");
        return archive;
    }

    static Unpacked into(Path directory) throws IOException, InterruptedException {
        var archive = find();
        output(List.of("tar", "-xzf", archive.toString(), "-C", directory.toString()));
        var name = String.valueOf(archive.getFileName()).replace(".tar.gz", "");
        return new Unpacked(archive, directory.resolve(name));
    }

    /** Takes the right to write from its owner, who runs the tests and may not be root. */
    void makeReadOnly() throws IOException, InterruptedException {
        output(List.of("chmod", "-R", "a-w", home.toString()));
    }

    /** Gives it back, so that it can be deleted. */
    void makeWritable() throws IOException, InterruptedException {
        output(List.of("chmod", "-R", "u+w", home.toString()));
    }

    /** The text of a file, by its path in the archive. */
    String text(String path) throws IOException {
        return Files.readString(home.resolve(path), StandardCharsets.UTF_8);
    }

    /** What a program printed that must succeed. */
    static String output(List<String> command) throws IOException, InterruptedException {
        var outcome = Tools.run(Path.of("."), command);
        assertThat(outcome.status()).as(command + "\n" + outcome.output()).isZero();
        return outcome.output();
    }
}
