package io.headrace.node.command;

import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The commands that run where the data is. Built in code, without annotations, because reflection
 * over them would cost start time, and the options of settings come from their list.
 */
public final class Main {
    private static final Set<String> TAKE_SETTINGS = Set.of("serve", "config");
    private static final String VERSION = "headrace 0.1.0";

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        Thread.setDefaultUncaughtExceptionHandler(new UncaughtLog());
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        var root = CommandSpec.create().name("headrace");
        root.usageMessage().description("Event streams, kept and carried.");
        root.addOption(help());
        root.addSubcommand("serve", ServeCommand.spec());
        root.addSubcommand("config", ConfigCommand.spec());
        root.addSubcommand("store", StoreCommand.spec());
        root.addSubcommand("cluster", ClusterCommand.spec());
        root.addSubcommand("keys", KeysCommand.spec());
        root.addSubcommand("consumer", ConsumerCommand.spec());
        root.addSubcommand("backup", BackupCommand.spec());
        root.addSubcommand("restore", RestoreCommand.spec());
        root.addSubcommand("train", TrainCommand.spec());
        addVersion(root);
        var commandLine = new CommandLine(root);
        commandLine
                .getSubcommands()
                .forEach((name, line) -> {
                    // They tell unknown options together with all else that is wrong.
                    line.setUnmatchedArgumentsAllowed(TAKE_SETTINGS.contains(name));
                });
        commandLine.setExecutionStrategy(new CommandLine.RunLast());
        return commandLine;
    }

    private static void addVersion(CommandSpec spec) {
        spec.version(VERSION);
        spec.addOption(
                OptionSpec.builder("-V", "--version")
                        .versionHelp(true)
                        .description("Prints the version and exits.")
                        .build());
        spec.subcommands().values().forEach(line -> addVersion(line.getCommandSpec()));
    }

    static OptionSpec help() {
        return OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Shows this and exits.")
                .build();
    }
}
