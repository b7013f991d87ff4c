package io.headrace.node.command;

import io.headrace.node.backup.Backup;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code headrace restore}: puts a backup into an empty data directory. */
final class RestoreCommand {
    private static final String FROM = "--from";
    private static final String DATA = "--data";

    private RestoreCommand() {}

    static CommandSpec spec() {
        var spec =
                Operator.command(
                        "Puts a backup into an empty data directory, every file checked against its"
                                + " checksum; a node started on it goes on from there.",
                        RestoreCommand::run);
        spec.addOption(option(FROM, "DIR|FILE.zip", "The backup."));
        spec.addOption(option(DATA, "DIR", "The data directory; must not exist or be empty."));
        return spec;
    }

    private static OptionSpec option(String name, String label, String description) {
        return OptionSpec.builder(name)
                .paramLabel(label)
                .type(Path.class)
                .required(true)
                .description(description)
                .build();
    }

    private static int run(CommandLine line) throws IOException {
        var parsed = line.getParseResult();
        Path from = parsed.matchedOptionValue(FROM, Path.of(""));
        Path data = parsed.matchedOptionValue(DATA, Path.of(""));
        try (var backup = Backup.open(from)) {
            var size = backup.restore(data);
            line.getOut()
                    .println(
                            "%d files, %,d bytes in %s"
                                    .formatted(size.files(), size.bytes(), data));
        }
        return CommandLine.ExitCode.OK;
    }
}
