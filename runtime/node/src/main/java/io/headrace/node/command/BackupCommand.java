package io.headrace.node.command;

import io.headrace.node.admin.RunningSource;
import io.headrace.node.backup.Backup;
import io.headrace.node.backup.BackupSource;
import io.headrace.node.backup.StoppedSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * {@code headrace backup}: copies a node's data, running or stopped, as it is at one moment, or a
 * store that nodes share.
 */
final class BackupCommand {
    private static final String DATA = "--data";
    private static final String TO = "--to";
    private static final String KEYS = "--keys";

    private BackupCommand() {}

    static CommandSpec spec() {
        var spec =
                Operator.command(
                        "Copies all data of a running node, with --data of a stopped one, or with"
                                + " --store what nodes share, while they run. Everything"
                                + " acknowledged before the start is in the copy.",
                        BackupCommand::run);
        NodeOptions.addTo(spec);
        spec.addOption(option(DATA, "DIR", "Data directory of a node that does not run.").build());
        SettingsOptions.addStoreTo(spec);
        spec.addOption(
                option(TO, "DIR|FILE.zip", "Where to put the backup; must not exist or be empty.")
                        .required(true)
                        .build());
        spec.addOption(
                option(
                                KEYS,
                                "FILE",
                                "The node's keys.json, to put into the backup too. Without it"
                                        + " encrypted records can be read only where that file is.")
                        .build());
        return spec;
    }

    private static OptionSpec.Builder option(String name, String label, String description) {
        return OptionSpec.builder(name).paramLabel(label).type(Path.class).description(description);
    }

    private static int run(CommandLine line) throws IOException, InterruptedException {
        var parsed = line.getParseResult();
        Path to = parsed.matchedOptionValue(TO, Path.of(""));
        @Nullable Path data = parsed.matchedOptionValue(DATA, null);
        @Nullable Path keys = parsed.matchedOptionValue(KEYS, null);
        Backup.Size size;
        if (SettingsOptions.isStoreGiven(parsed)) {
            var store = SharedStoreCommand.store(line, "Give --store URL.");
            if (store.isEmpty()) {
                return CommandLine.ExitCode.USAGE;
            }
            if (data != null) {
                line.getErr()
                        .println(
                                "headrace backup: --data is for a node by itself and does not go"
                                        + " with options of a store; give one of them.");
                return CommandLine.ExitCode.USAGE;
            }
            try (var backup = Backup.create(to)) {
                size = StoreMoves.backUp(line, store.get(), backup, keys);
            }
        } else if (data != null) {
            try (var source = StoppedSource.of(data)) {
                size = copy(source, to, keys);
            }
        } else {
            try (var node = NodeOptions.client(parsed, System.getenv());
                    var source = RunningSource.begin(node)) {
                size = copy(source, to, keys);
            }
        }
        line.getOut()
                .println("%d files, %,d bytes in %s".formatted(size.files(), size.bytes(), to));
        if (keys == null) {
            line.getOut()
                    .println(
                            "The node's keys.json is not in it: keep a copy of that file elsewhere,"
                                    + " or encrypted records are lost with it.");
        }
        return CommandLine.ExitCode.OK;
    }

    private static Backup.Size copy(BackupSource source, Path to, @Nullable Path keys)
            throws IOException, InterruptedException {
        try (var backup = Backup.create(to)) {
            return backup.write(source, keys, Clock.systemUTC());
        }
    }
}
