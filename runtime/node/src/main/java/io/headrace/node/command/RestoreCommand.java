package io.headrace.node.command;

import io.headrace.node.backup.Backup;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code headrace restore}: puts a backup into an empty data directory or an empty store. */
final class RestoreCommand {
    private static final String FROM = "--from";
    private static final String DATA = "--data";
    private static final String KEYS = "--keys";

    private RestoreCommand() {}

    static CommandSpec spec() {
        var spec =
                Operator.command(
                        "Puts a backup into an empty data directory, or one of a store into an empty"
                                + " store, every file checked against its checksum; nodes started on"
                                + " it go on from there.",
                        RestoreCommand::run);
        spec.addOption(option(FROM, "DIR|FILE.zip", "The backup.").required(true).build());
        spec.addOption(
                option(DATA, "DIR", "The data directory; must not exist or be empty.").build());
        SettingsOptions.addStoreTo(spec);
        spec.addOption(
                option(
                                KEYS,
                                "FILE",
                                "With --store: where to put the keys.json that is in the backup, to"
                                        + " be copied to every node's data directory.")
                        .build());
        spec.addOption(StoreMoves.again());
        return spec;
    }

    private static OptionSpec.Builder option(String name, String label, String description) {
        return OptionSpec.builder(name).paramLabel(label).type(Path.class).description(description);
    }

    private static int run(CommandLine line) throws IOException {
        var parsed = line.getParseResult();
        Path from = parsed.matchedOptionValue(FROM, Path.of(""));
        @Nullable Path data = parsed.matchedOptionValue(DATA, null);
        @Nullable Path keys = parsed.matchedOptionValue(KEYS, null);
        if (SettingsOptions.isStoreGiven(parsed) == (data != null)) {
            line.getErr().println("headrace restore: give --data DIR or --store URL.");
            return CommandLine.ExitCode.USAGE;
        }
        try (var backup = Backup.open(from)) {
            if (data != null) {
                told(line, backup.restore(data), data.toString());
                return CommandLine.ExitCode.OK;
            }
            var store = SharedStoreCommand.store(line, "Give --store URL.");
            if (store.isEmpty()) {
                return CommandLine.ExitCode.USAGE;
            }
            told(
                    line,
                    StoreMoves.restore(line, store.get(), backup, from, keys),
                    store.get().place());
            if (backup.hasKeys()) {
                line.getOut()
                        .println(
                                keys == null
                                        ? "The backup has the nodes' keys.json: every node needs a"
                                                + " copy of it in its data directory."
                                        : "Every node needs a copy of %s in its data directory."
                                                .formatted(keys));
            }
        }
        return CommandLine.ExitCode.OK;
    }

    private static void told(CommandLine line, Backup.Size size, String where) {
        line.getOut()
                .println("%d files, %,d bytes in %s".formatted(size.files(), size.bytes(), where));
    }
}
